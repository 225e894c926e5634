import * as dashboards from '@grafana/grafana-foundation-sdk/dashboard'
import { layOut, NUMBERS_HEIGHT } from '../layout.ts'
import { PROMETHEUS, stat } from '../panels.ts'
import { NOW_WINDOW, quantileOf, rateOf } from '../promql.ts'
import { ERROR_RATE_LIMIT, NONE_IS_GOOD, QUEUE_LIMIT_MESSAGES, RESPONSE_TIME_LIMIT_S, tooLittle, tooMuch } from '../thresholds.ts'
import { ENGAGEMENT } from './chatbot-engagement.ts'
import { LOG_AND_TRACES } from './chatbot-log-and-traces.ts'
import { CHOSEN, ERRORS, errorRate, REQUESTS } from './chatbot-requests.ts'

/** Service indicators, with log lines and slow turns. */
export const CHATBOT = layOut({
  uid: 'chatbot',
  title: 'Chatbot',
  description: 'Requests, failures, response time, accuracy, sessions, logs and traces.',
  shows: '3h',
  variables: [
    new dashboards.QueryVariableBuilder('endpoint')
      .label('Endpoint')
      .description('Routes to show, without health checks and metrics.')
      .datasource(PROMETHEUS)
      .query('label_values(chatbot_requests_total, endpoint)')
      .regex('/^(?!\\/health|\\/metrics).+/')
      .refresh(dashboards.VariableRefresh.OnTimeRangeChanged)
      .sort(dashboards.VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      .current({ selected: true, text: ['All'], value: ['$__all'] }),
    new dashboards.CustomVariableBuilder('slow')
      .label('Slow above')
      .description('Duration above which a turn is listed as slow.')
      .values('10ms,50ms,250ms,1s,2s')
      .current({ selected: true, text: '250ms', value: '250ms' }),
  ],
  sections: [
    {
      lines: [
        {
          height: NUMBERS_HEIGHT,
          panels: [
            stat({
              title: 'Availability',
              description: 'Share of the selected time in which Prometheus could scrape the server.',
              unit: 'percentunit',
              expr: 'avg(avg_over_time(up{job="chatbot"}[$__range]))',
              thresholds: tooLittle(0.99, 0.999),
            }),
            stat({
              title: 'Requests',
              description: 'Requests per second over the last 5 minutes.',
              unit: 'reqps',
              expr: rateOf('chatbot_requests_total', { where: CHOSEN, window: NOW_WINDOW }),
            }),
            stat({
              title: 'Error rate',
              description: 'Share of requests that failed (5xx) in the last 5 minutes. The alert fires above 5 %.',
              unit: 'percentunit',
              expr: errorRate(NOW_WINDOW),
              thresholds: tooMuch(0.01, ERROR_RATE_LIMIT),
              noValue: 'no traffic',
            }),
            stat({
              title: 'Response time',
              description: '95 % of the requests of the last 5 minutes took at most this long. The alert fires above 2 s.',
              unit: 's',
              expr: quantileOf(0.95, 'chatbot_response_time_seconds', { where: CHOSEN, window: NOW_WINDOW }),
              thresholds: tooMuch(RESPONSE_TIME_LIMIT_S / 2, RESPONSE_TIME_LIMIT_S),
              noValue: 'no traffic',
            }),
            stat({
              title: 'Accuracy',
              description: 'Share of judged turns whose latest judgement is correct.',
              unit: 'percentunit',
              expr: 'max(chatbot_accuracy_ratio)',
              noValue: 'none judged',
            }),
            stat({
              title: 'Sessions',
              description: 'Number of open sessions.',
              unit: 'short',
              expr: 'max(chatbot_active_sessions)',
            }),
            stat({
              title: 'Queue',
              description: 'Messages waiting for an earlier message of their session. The alert fires above 100.',
              unit: 'short',
              expr: 'sum(chatbot_queue_length)',
              thresholds: tooMuch(QUEUE_LIMIT_MESSAGES / 2, QUEUE_LIMIT_MESSAGES),
            }),
            stat({
              title: 'Alerts',
              description: 'Number of firing alerts.',
              unit: 'short',
              expr: 'count(ALERTS{alertstate="firing"}) or vector(0)',
              thresholds: NONE_IS_GOOD,
            }),
          ],
        },
      ],
    },
    REQUESTS,
    ERRORS,
    LOG_AND_TRACES,
    ENGAGEMENT,
  ],
})
