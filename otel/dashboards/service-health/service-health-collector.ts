import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { timeSeries } from '../panels.ts'
import { perMinute, rateOf } from '../promql.ts'

/** Items of the collector's metrics, with their legend. */
const ITEMS = [
  { item: 'spans', legend: 'spans' },
  { item: 'log_records', legend: 'log lines' },
  { item: 'metric_points', legend: 'metric points' },
] as const

/** Jaeger is built from the collector and has the same metric names. */
const COLLECTOR_JOB = 'job="collector"'

/**
 * The collector's failure counters appear with the first failure. Until then the value is 0 if the
 * collector is up.
 */
const NONE_YET = `0 * sum(up{${COLLECTOR_JOB}} == 1)`

/** The collector's own metrics. */
export const COLLECTOR: Section = {
  title: 'Collector',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Received',
          description: 'Items received per second.',
          unit: 'cps',
          series: ITEMS.map(({ item, legend }) => ({
            expr: rateOf(`otelcol_receiver_accepted_${item}`, { where: COLLECTOR_JOB }),
            legend,
          })),
        }),
        timeSeries({
          title: 'Sent',
          description: 'Items sent per second, by exporter: spans to Jaeger, lines to Loki.',
          unit: 'cps',
          series: ITEMS.map(({ item, legend }) => ({
            expr: rateOf(`otelcol_exporter_sent_${item}`, { where: COLLECTOR_JOB, by: 'exporter' }),
            legend: `${legend}: {{exporter}}`,
          })),
        }),
        timeSeries({
          title: 'Refused and failed',
          description: 'Items per minute that the collector refused (mostly out of memory) or could not send. Normally 0.',
          unit: 'cpm',
          series: ITEMS.flatMap(({ item, legend }) => [
            {
              expr: `${perMinute(`otelcol_receiver_refused_${item}`, { where: COLLECTOR_JOB })} or ${NONE_YET}`,
              legend: `${legend} refused`,
            },
            {
              expr: `${perMinute(`otelcol_exporter_send_failed_${item}`, { where: COLLECTOR_JOB })} or ${NONE_YET}`,
              legend: `${legend} failed`,
            },
          ]),
        }),
        timeSeries({
          title: 'Queues',
          description: 'Queue use by exporter. A queue fills while its backend is down.',
          unit: 'percentunit',
          max: 1,
          series: [
            {
              expr: `max by (exporter) (otelcol_exporter_queue_size{${COLLECTOR_JOB}} / otelcol_exporter_queue_capacity)`,
              legend: '{{exporter}}',
            },
          ],
        }),
      ],
    },
  ],
}
