import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { timeSeries } from '../panels.ts'
import { meanOf, perMinute, quantileOf, RARE_WINDOW, rateOf, shareOf } from '../promql.ts'
import { limit, QUEUE_LIMIT_MESSAGES } from '../thresholds.ts'

/** Usage and feedback. */
export const ENGAGEMENT: Section = {
  title: 'Usage and accuracy',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Turns by kind',
          description: 'Replies per minute: answers from the documents, commands and fallbacks.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_turns_total', { by: 'kind' }), legend: '{{kind}}' }],
        }),
        timeSeries({
          title: 'Turns per minute and session',
          description: 'How often a user with an open session sends a message.',
          unit: 'cpm',
          series: [{ expr: `${perMinute('chatbot_turns_total')} / (max(chatbot_active_sessions) > 0)`, legend: 'turns' }],
        }),
        timeSeries({
          title: 'Accuracy',
          description: 'Share of judged turns that were judged correct, and share of questions that were answered.',
          unit: 'percentunit',
          max: 1,
          series: [
            { expr: 'max(chatbot_accuracy_ratio)', legend: 'correct' },
            {
              expr: shareOf(
                rateOf('chatbot_questions_total', { where: 'outcome="answered"' }),
                rateOf('chatbot_questions_total'),
              ),
              legend: 'answered',
            },
          ],
        }),
        timeSeries({
          title: 'Judged turns',
          description: 'Turns in the database, by their latest judgement.',
          unit: 'short',
          stacked: true,
          series: [{ expr: 'max by (judgement) (chatbot_judged_turns)', legend: '{{judgement}}' }],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Open sessions',
          description: 'Number of open sessions.',
          unit: 'short',
          series: [{ expr: 'max(chatbot_active_sessions)', legend: 'open' }],
        }),
        timeSeries({
          title: 'Sessions opened and closed',
          description: 'Sessions per minute. `limit` means evicted for a newer session.',
          unit: 'cpm',
          series: [
            { expr: perMinute('chatbot_sessions_opened_total'), legend: 'opened' },
            { expr: perMinute('chatbot_sessions_closed_total', { by: 'reason' }), legend: 'closed: {{reason}}' },
          ],
        }),
        timeSeries({
          title: 'Session duration',
          description: 'Time from opening to the last turn, for sessions closed in the past hour.',
          unit: 's',
          series: [
            { expr: meanOf('chatbot_session_duration_seconds', { window: RARE_WINDOW }), legend: 'mean' },
            { expr: quantileOf(0.5, 'chatbot_session_duration_seconds', { window: RARE_WINDOW }), legend: 'p50' },
            { expr: quantileOf(0.9, 'chatbot_session_duration_seconds', { window: RARE_WINDOW }), legend: 'p90' },
          ],
        }),
        timeSeries({
          title: 'Turns per session',
          description: 'For sessions closed in the past hour.',
          unit: 'short',
          series: [
            { expr: meanOf('chatbot_session_turns', { window: RARE_WINDOW }), legend: 'mean' },
            { expr: quantileOf(0.9, 'chatbot_session_turns', { window: RARE_WINDOW }), legend: 'p90' },
          ],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Commands',
          description: 'Commands per minute, by name. Unrecognized commands are `unknown`.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_commands_total', { by: 'command' }), legend: '{{command}}' }],
        }),
        timeSeries({
          title: 'Unsuccessful commands',
          description: 'Share of commands that were refused (unknown or malformed) or failed.',
          unit: 'percentunit',
          series: ['refused', 'error'].map(status => ({
            expr: shareOf(rateOf('chatbot_commands_total', { where: `status="${status}"` }), rateOf('chatbot_commands_total')),
            legend: status,
          })),
        }),
        timeSeries({
          title: 'Command duration, p95',
          description: '95 % of the runs of a command took at most this long.',
          unit: 's',
          series: [{ expr: quantileOf(0.95, 'chatbot_command_duration_seconds', { by: 'command' }), legend: '{{command}}' }],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Session limit in use',
          description: 'At 100 % new sessions are refused (MAX_SESSIONS).',
          unit: 'percentunit',
          series: [{ expr: 'max(chatbot_active_sessions) / max(chatbot_sessions_limit)', legend: 'in use' }],
        }),
        timeSeries({
          title: 'Queue',
          description: 'Messages waiting for an earlier message of their session. The alert fires above the dashed line.',
          unit: 'short',
          thresholds: limit(QUEUE_LIMIT_MESSAGES),
          series: [{ expr: 'sum(chatbot_queue_length)', legend: 'waiting' }],
        }),
        timeSeries({
          title: 'Queue wait',
          description: 'Time messages wait for earlier messages of their session. Most do not wait.',
          unit: 's',
          series: [
            { expr: meanOf('chatbot_queue_wait_seconds'), legend: 'mean' },
            { expr: quantileOf(0.99, 'chatbot_queue_wait_seconds'), legend: 'p99' },
          ],
        }),
      ],
    },
  ],
}
