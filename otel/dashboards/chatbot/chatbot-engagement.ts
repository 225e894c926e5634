import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { timeSeries } from '../panels.ts'
import { meanOf, perMinute, quantileOf, RARE_WINDOW, rateOf, shareOf } from '../promql.ts'
import { limit, QUEUE_LIMIT_MESSAGES } from '../thresholds.ts'

/** What people do with the chatbot, and what they think of its answers. */
export const ENGAGEMENT: Section = {
  title: 'Use and accuracy',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Turns by kind',
          description: 'Messages answered a minute: from the documents, by a command, or with a word that nothing was found.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_turns_total', { by: 'kind' }), legend: '{{kind}}' }],
        }),
        timeSeries({
          title: 'Turns a minute and session',
          description: 'How often somebody with an open session writes.',
          unit: 'cpm',
          series: [{ expr: `${perMinute('chatbot_turns_total')} / (max(chatbot_active_sessions) > 0)`, legend: 'turns' }],
        }),
        timeSeries({
          title: 'Accuracy',
          description:
            'Share of the judged turns that were judged correct, and share of the questions that were answered at all.',
          unit: 'percentunit',
          max: 1,
          series: [
            { expr: 'max(chatbot_accuracy_ratio)', legend: 'correct, of those judged' },
            {
              expr: shareOf(
                rateOf('chatbot_questions_total', { where: 'outcome="answered"' }),
                rateOf('chatbot_questions_total'),
              ),
              legend: 'answered, of those asked',
            },
          ],
        }),
        timeSeries({
          title: 'Judged turns',
          description: 'Turns in the database by their latest judgement.',
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
          description: 'Sessions that are open.',
          unit: 'short',
          series: [{ expr: 'max(chatbot_active_sessions)', legend: 'open' }],
        }),
        timeSeries({
          title: 'Sessions opened and closed',
          description: 'Sessions a minute. Closed by the limit: to make room for a newer one of the same user.',
          unit: 'cpm',
          series: [
            { expr: perMinute('chatbot_sessions_opened_total'), legend: 'opened' },
            { expr: perMinute('chatbot_sessions_closed_total', { by: 'reason' }), legend: 'closed: {{reason}}' },
          ],
        }),
        timeSeries({
          title: 'Duration of sessions',
          description: 'From opening to last turn, of the sessions that were closed in the hour before.',
          unit: 's',
          series: [
            { expr: meanOf('chatbot_session_duration_seconds', { window: RARE_WINDOW }), legend: 'mean' },
            { expr: quantileOf(0.5, 'chatbot_session_duration_seconds', { window: RARE_WINDOW }), legend: 'p50' },
            { expr: quantileOf(0.9, 'chatbot_session_duration_seconds', { window: RARE_WINDOW }), legend: 'p90' },
          ],
        }),
        timeSeries({
          title: 'Turns of a session',
          description: 'Of the sessions that were closed in the hour before.',
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
          description: 'Commands a minute, by name; those that there are none of are `unknown`.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_commands_total', { by: 'command' }), legend: '{{command}}' }],
        }),
        timeSeries({
          title: 'Commands that did not succeed',
          description: 'Share of the commands that were refused, being unknown or not well put, and that failed.',
          unit: 'percentunit',
          series: ['refused', 'error'].map(status => ({
            expr: shareOf(rateOf('chatbot_commands_total', { where: `status="${status}"` }), rateOf('chatbot_commands_total')),
            legend: status,
          })),
        }),
        timeSeries({
          title: 'Duration of commands, p95',
          description: '19 of 20 runs of a command took no longer.',
          unit: 's',
          series: [{ expr: quantileOf(0.95, 'chatbot_command_duration_seconds', { by: 'command' }), legend: '{{command}}' }],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Open sessions, share of the limit',
          description: 'At 1 no further session is opened (MAX_SESSIONS).',
          unit: 'percentunit',
          series: [{ expr: 'max(chatbot_active_sessions) / max(chatbot_sessions_limit)', legend: 'of the limit' }],
        }),
        timeSeries({
          title: 'Queue',
          description: 'Messages that wait for an earlier one of their session. The dashed line is where an alert fires.',
          unit: 'short',
          thresholds: limit(QUEUE_LIMIT_MESSAGES),
          series: [{ expr: 'sum(chatbot_queue_length)', legend: 'waiting' }],
        }),
        timeSeries({
          title: 'Wait in the queue',
          description: 'How long a message waited for earlier ones of its session; most do not wait at all.',
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
