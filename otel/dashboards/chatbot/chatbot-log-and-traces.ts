import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { logChart, logLines, timeSeries, traces } from '../panels.ts'
import { meanOf, quantileOf } from '../promql.ts'
import { limit, RESPONSE_TIME_LIMIT_S } from '../thresholds.ts'

const TRACED_TURN = 'service_name="chatbot", span_name="POST /chat", span_kind="SPAN_KIND_SERVER"'
const TRACED_STEP = 'service_name="chatbot", span_name=~"queue|session .+|parse|retrieval .+|command|answer|store"'

/** What single turns looked like, beside the figures of all of them. */
export const LOG_AND_TRACES: Section = {
  title: 'Log and traces',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Turns as they are traced',
          description: 'Response time of turns by their traces. The points are single turns: a click leads to the trace.',
          unit: 's',
          thresholds: limit(RESPONSE_TIME_LIMIT_S),
          series: [0.5, 0.95, 0.99].map(quantile => ({
            expr: quantileOf(quantile, 'traces_span_metrics_duration_seconds', { where: TRACED_TURN }),
            legend: `p${quantile * 100}`,
            exemplars: quantile === 0.95,
          })),
        }),
        timeSeries({
          title: 'Steps of a turn',
          description: 'Mean time of each step of a turn, which says where its time goes.',
          unit: 's',
          series: [
            {
              expr: meanOf('traces_span_metrics_duration_seconds', { where: TRACED_STEP, by: 'span_name' }),
              legend: '{{span_name}}',
            },
          ],
        }),
        logChart({
          title: 'Log lines by severity',
          description: 'How many lines were written, by severity.',
          unit: 'short',
          logql: 'sum by (severity_text) (count_over_time({service_name="chatbot"} [$__auto]))',
          legend: '{{severity_text}}',
        }),
      ],
    },
    {
      height: 10,
      panels: [
        logLines({
          title: 'Warnings and errors',
          description: 'The latest lines of the log that tell of trouble. Open one: its trace_id leads to the trace.',
          logql: '{service_name="chatbot", severity_text=~"WARNING|ERROR|CRITICAL"}',
        }),
        traces({
          title: 'Slow turns',
          description:
            'The latest turns that took longer than chosen above. A click leads to the trace, and from there to its log lines.',
          search: { service: 'chatbot', operation: 'POST /chat', minDuration: '$slow', limit: 20 },
        }),
      ],
    },
  ],
}
