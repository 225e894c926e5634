import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { timeSeries } from '../panels.ts'
import { perMinute, rateOf } from '../promql.ts'

/** In the order of the metrics' names, by what the collector calls it. */
const ITEMS = [
  { item: 'spans', legend: 'spans' },
  { item: 'log_records', legend: 'log lines' },
  { item: 'metric_points', legend: 'points of metrics' },
] as const

/** Jaeger is built from the same parts, and counts by the same names. */
const COLLECTOR_JOB = 'job="collector"'

/** The collector counts a failure only from the first one on; until then there was none, if there is a collector. */
const NONE_YET = `0 * sum(up{${COLLECTOR_JOB}} == 1)`

/** The collector, as it counts itself. */
export const COLLECTOR: Section = {
  title: 'Collector',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Received',
          description: 'What the collector took in, a second.',
          unit: 'cps',
          series: ITEMS.map(({ item, legend }) => ({
            expr: rateOf(`otelcol_receiver_accepted_${item}`, { where: COLLECTOR_JOB }),
            legend,
          })),
        }),
        timeSeries({
          title: 'Sent on',
          description: 'What left the collector, a second and exporter: spans to Jaeger, lines to Loki.',
          unit: 'cps',
          series: ITEMS.map(({ item, legend }) => ({
            expr: rateOf(`otelcol_exporter_sent_${item}`, { where: COLLECTOR_JOB, by: 'exporter' }),
            legend: `${legend}: {{exporter}}`,
          })),
        }),
        timeSeries({
          title: 'Refused and failed',
          description: 'Items a minute that it refused, mostly for want of memory, or could not send on; 0 when all is well.',
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
          description: 'How full the queues before the exporters are; they fill while a backend is away.',
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
