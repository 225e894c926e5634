import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { stateTimeline, timeSeries } from '../panels.ts'
import { meanOf, NOW_WINDOW, perMinute, quantileOf, rateOf, shareOf } from '../promql.ts'
import { ERROR_RATE_LIMIT, limit, RESPONSE_TIME_LIMIT_S } from '../thresholds.ts'

/** Matches the endpoints selected in the dashboard. */
export const CHOSEN = 'endpoint=~"$endpoint"'

const LAST_DAY = `(${errorRate(NOW_WINDOW)})[1d:1m]`

export const REQUESTS: Section = {
  title: 'Requests and response time',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Requests by endpoint',
          description: 'Requests per second, by route template.',
          unit: 'reqps',
          stacked: true,
          series: [{ expr: rateOf('chatbot_requests_total', { where: CHOSEN, by: 'endpoint' }), legend: '{{endpoint}}' }],
        }),
        timeSeries({
          title: 'Response time',
          description: 'Mean and quantiles of the selected endpoints. The alert fires above the dashed line.',
          unit: 's',
          thresholds: limit(RESPONSE_TIME_LIMIT_S),
          series: [
            { expr: meanOf('chatbot_response_time_seconds', { where: CHOSEN }), legend: 'mean' },
            { expr: quantileOf(0.5, 'chatbot_response_time_seconds', { where: CHOSEN }), legend: 'p50' },
            { expr: quantileOf(0.95, 'chatbot_response_time_seconds', { where: CHOSEN }), legend: 'p95' },
            { expr: quantileOf(0.99, 'chatbot_response_time_seconds', { where: CHOSEN }), legend: 'p99' },
          ],
        }),
        timeSeries({
          title: 'Response time by endpoint, p95',
          description: '95 % of the requests to an endpoint took at most this long.',
          unit: 's',
          thresholds: limit(RESPONSE_TIME_LIMIT_S),
          series: [
            {
              expr: quantileOf(0.95, 'chatbot_response_time_seconds', { where: CHOSEN, by: 'endpoint' }),
              legend: '{{endpoint}}',
            },
          ],
        }),
      ],
    },
  ],
}

export const ERRORS: Section = {
  title: 'Errors and availability',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Error rate by endpoint',
          description: 'Share of requests that failed. The alert fires above the dashed line.',
          unit: 'percentunit',
          thresholds: limit(ERROR_RATE_LIMIT),
          series: [{ expr: errorRate(undefined, 'endpoint'), legend: '{{endpoint}}' }],
        }),
        timeSeries({
          title: 'Error rate compared with the last day',
          description:
            'Error rate of the last 5 minutes, and the limit above which it is unusual: mean plus three standard deviations of the last 24 hours, at least 1 %.',
          unit: 'percentunit',
          series: [
            { expr: errorRate(NOW_WINDOW), legend: 'now' },
            { expr: `avg_over_time(${LAST_DAY})`, legend: 'mean of the last day' },
            {
              expr: `clamp_min(avg_over_time(${LAST_DAY}) + 3 * stddev_over_time(${LAST_DAY}), 0.01)`,
              legend: 'unusual above',
            },
          ],
        }),
        timeSeries({
          title: 'Failed and refused requests by code',
          description: 'Unsuccessful replies per minute, by error code. See docs/errors.md for the codes.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_request_errors_total', { where: CHOSEN, by: 'code' }), legend: '{{code}}' }],
        }),
        timeSeries({
          title: 'Requests in progress',
          description: 'Requests in progress, and how many may be. Above the limit, requests are refused with OVERLOADED.',
          unit: 'short',
          series: [
            { expr: 'sum(chatbot_requests_in_flight)', legend: 'in progress' },
            { expr: 'sum(chatbot_requests_in_flight_limit)', legend: 'limit' },
          ],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Refused by admission control',
          description: 'Refused requests per minute: limit if the server had too many in progress, share if the client had.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_requests_refused_total', { by: 'reason' }), legend: '{{reason}}' }],
        }),
        timeSeries({
          title: 'Security events',
          description: 'Requests per minute that were refused for their credential, role, host or rate, and clients that probe.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_security_events_total', { by: 'kind' }), legend: '{{kind}}' }],
        }),
        timeSeries({
          title: 'Webhooks',
          description: 'Events per minute from Slack, Telegram, Teams and other programs, by what became of them.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_webhook_events_total', { by: 'outcome' }), legend: '{{outcome}}' }],
        }),
        stateTimeline({
          title: 'Service status',
          description: 'Availability of the server, its database and the services of the stack.',
          series: [
            { expr: 'min by (job) (up)', legend: '{{job}}' },
            { expr: 'min(chatbot_database_up)', legend: 'database' },
          ],
        }),
      ],
    },
  ],
}

/** Share of requests (0–1) that failed because of the service. Client errors are not failures. */
export function errorRate(window?: string, by?: string): string {
  return shareOf(
    rateOf('chatbot_requests_total', { where: `${CHOSEN}, status="error"`, window, by }),
    rateOf('chatbot_requests_total', { where: CHOSEN, window, by }),
  )
}
