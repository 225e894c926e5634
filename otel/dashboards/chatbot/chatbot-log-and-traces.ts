import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { logChart, logLines, timeSeries, traces } from '../panels.ts'
import { meanOf, quantileOf } from '../promql.ts'
import { limit, RESPONSE_TIME_LIMIT_S } from '../thresholds.ts'

const TRACED_TURN = 'service_name="chatbot", span_name="POST /chat", span_kind="SPAN_KIND_SERVER"'
const TRACED_STEP = 'service_name="chatbot", span_name=~"queue|session .+|parse|retrieval .+|command|answer|store"'

/** Log lines and traces of single turns. */
export const LOG_AND_TRACES: Section = {
  title: 'Logs and traces',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Turn duration, from traces',
          description: 'Response time of turns, from traces. Click a point to open its trace.',
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
          description: 'Mean duration of each step of a turn.',
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
          description: 'Number of log lines, by severity.',
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
          description: 'Latest warnings and errors. Expand a line and click its trace_id to open the trace.',
          logql: '{service_name="chatbot", severity_text=~"WARNING|ERROR|CRITICAL"}',
        }),
        traces({
          title: 'Slow turns',
          description: 'Latest turns slower than the threshold above. Click one to open its trace.',
          search: { service: 'chatbot', operation: 'POST /chat', minDuration: '$slow', limit: 20 },
        }),
      ],
    },
  ],
}
