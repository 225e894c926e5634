import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { stateTimeline, timeSeries } from '../panels.ts'
import { meanOf, NOW_WINDOW, perMinute, quantileOf, rateOf, shareOf } from '../promql.ts'
import { ERROR_RATE_LIMIT, limit, RESPONSE_TIME_LIMIT_S } from '../thresholds.ts'

/** Matches what the dashboard's variable has chosen. */
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
          description: 'Requests a second, by the template of their route.',
          unit: 'reqps',
          stacked: true,
          series: [{ expr: rateOf('chatbot_requests_total', { where: CHOSEN, by: 'endpoint' }), legend: '{{endpoint}}' }],
        }),
        timeSeries({
          title: 'Response time',
          description: 'Mean and quantiles over all requests chosen. The dashed line is where an alert fires.',
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
          description: 'Which endpoint is slow: 19 of 20 of its requests were answered within this time.',
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
          description: 'Share of the requests that failed. The dashed line is where an alert fires.',
          unit: 'percentunit',
          thresholds: limit(ERROR_RATE_LIMIT),
          series: [{ expr: errorRate(undefined, 'endpoint'), legend: '{{endpoint}}' }],
        }),
        timeSeries({
          title: 'Error rate against its own last day',
          description:
            'A spike: the rate of the last 5 minutes rises above what the last 24 hours make likely, which is their mean and three standard deviations, and 1 % at least.',
          unit: 'percentunit',
          series: [
            { expr: errorRate(NOW_WINDOW), legend: 'now' },
            { expr: `avg_over_time(${LAST_DAY})`, legend: 'mean of the last day' },
            {
              expr: `clamp_min(avg_over_time(${LAST_DAY}) + 3 * stddev_over_time(${LAST_DAY}), 0.01)`,
              legend: 'unusual from here',
            },
          ],
        }),
        timeSeries({
          title: 'Failures and refusals by code',
          description:
            'Replies a minute that were no success, by the code in their body; what each means is in the table of errors.',
          unit: 'cpm',
          stacked: true,
          series: [{ expr: perMinute('chatbot_request_errors_total', { where: CHOSEN, by: 'code' }), legend: '{{code}}' }],
        }),
        stateTimeline({
          title: 'What is up',
          description: 'The server as Prometheus reaches it, its database, and the programs that watch it.',
          series: [
            { expr: 'min by (job) (up)', legend: '{{job}}' },
            { expr: 'min(chatbot_database_up)', legend: 'database' },
          ],
        }),
      ],
    },
  ],
}

/** Share of the requests, 0–1, that failed by the service's own fault; what a client did wrong is no failure. */
export function errorRate(window?: string, by?: string): string {
  return shareOf(
    rateOf('chatbot_requests_total', { where: `${CHOSEN}, status="error"`, window, by }),
    rateOf('chatbot_requests_total', { where: CHOSEN, window, by }),
  )
}
