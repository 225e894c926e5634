import * as dashboards from '@grafana/grafana-foundation-sdk/dashboard'
import { layOut, NUMBERS_HEIGHT } from '../layout.ts'
import { PROMETHEUS, stat } from '../panels.ts'
import { NOW_WINDOW, quantileOf, rateOf } from '../promql.ts'
import { ERROR_RATE_LIMIT, NONE_IS_GOOD, QUEUE_LIMIT_MESSAGES, RESPONSE_TIME_LIMIT_S, tooLittle, tooMuch } from '../thresholds.ts'
import { ENGAGEMENT } from './chatbot-engagement.ts'
import { LOG_AND_TRACES } from './chatbot-log-and-traces.ts'
import { CHOSEN, ERRORS, errorRate, REQUESTS } from './chatbot-requests.ts'

/** The indicators by which the service is judged, with the log lines and the slow turns behind them. */
export const CHATBOT = layOut({
  uid: 'chatbot',
  title: 'Chatbot',
  description:
    'How well the chatbot serves: requests, failures, response time, accuracy, sessions, and the log and traces behind them.',
  shows: '3h',
  variables: [
    new dashboards.QueryVariableBuilder('endpoint')
      .label('Endpoint')
      .description('Routes to show; those that only programs ask, health and metrics, are left out.')
      .datasource(PROMETHEUS)
      .query('label_values(chatbot_requests_total, endpoint)')
      .regex('/^(?!\\/health|\\/metrics).+/')
      .refresh(dashboards.VariableRefresh.OnTimeRangeChanged)
      .sort(dashboards.VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      .current({ selected: true, text: ['All'], value: ['$__all'] }),
    new dashboards.CustomVariableBuilder('slow')
      .label('Slow from')
      .description('How long a turn takes to be listed as slow.')
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
              description: 'Share of the time shown in which the server could be reached by Prometheus.',
              unit: 'percentunit',
              expr: 'avg(avg_over_time(up{job="chatbot"}[$__range]))',
              thresholds: tooLittle(0.99, 0.999),
            }),
            stat({
              title: 'Requests',
              description: 'Requests a second over the last 5 minutes.',
              unit: 'reqps',
              expr: rateOf('chatbot_requests_total', { where: CHOSEN, window: NOW_WINDOW }),
            }),
            stat({
              title: 'Error rate',
              description:
                'Share of the requests of the last 5 minutes that failed. Refused ones, 4xx, are no failures. An alert fires above 5 %.',
              unit: 'percentunit',
              expr: errorRate(NOW_WINDOW),
              thresholds: tooMuch(0.01, ERROR_RATE_LIMIT),
              noValue: 'no traffic',
            }),
            stat({
              title: 'Response time',
              description: '19 of 20 requests of the last 5 minutes were answered within this time. An alert fires above 2 s.',
              unit: 's',
              expr: quantileOf(0.95, 'chatbot_response_time_seconds', { where: CHOSEN, window: NOW_WINDOW }),
              thresholds: tooMuch(RESPONSE_TIME_LIMIT_S / 2, RESPONSE_TIME_LIMIT_S),
              noValue: 'no traffic',
            }),
            stat({
              title: 'Accuracy',
              description: 'Share of the judged turns that were judged correct, by their latest judgement.',
              unit: 'percentunit',
              expr: 'max(chatbot_accuracy_ratio)',
              noValue: 'none judged',
            }),
            stat({
              title: 'Sessions',
              description: 'Sessions that are open now.',
              unit: 'short',
              expr: 'max(chatbot_active_sessions)',
            }),
            stat({
              title: 'Queue',
              description: 'Messages that wait for an earlier one of their session. An alert fires above 100.',
              unit: 'short',
              expr: 'sum(chatbot_queue_length)',
              thresholds: tooMuch(QUEUE_LIMIT_MESSAGES / 2, QUEUE_LIMIT_MESSAGES),
            }),
            stat({
              title: 'Alerts',
              description: 'Alerts that are firing, of all there are.',
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
