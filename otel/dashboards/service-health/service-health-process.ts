import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { timeSeries } from '../panels.ts'
import { perMinute, RATE_WINDOW, rateOf } from '../promql.ts'
import { CPU_LIMIT_RATIO, EVENT_LOOP_LIMIT_S, limit, MEMORY_LIMIT_RATIO, TELEMETRY_AGE_LIMIT_S } from '../thresholds.ts'

/** The process and its event loop, an instance a line. */
export const PROCESS: Section = {
  title: 'Process',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'CPU',
          description: 'Processor time used, of what the process may use. The dashed line is where an alert fires.',
          unit: 'percentunit',
          thresholds: limit(CPU_LIMIT_RATIO),
          series: [
            {
              expr: `rate(process_cpu_seconds_total{job="chatbot"}[${RATE_WINDOW}]) / process_available_cpus`,
              legend: '{{instance}}',
            },
          ],
        }),
        timeSeries({
          title: 'Memory, of its limit',
          description: 'Memory held, of what the process may hold. The dashed line is where an alert fires.',
          unit: 'percentunit',
          thresholds: limit(MEMORY_LIMIT_RATIO),
          series: [
            {
              expr: 'process_resident_memory_bytes{job="chatbot"} / process_memory_limit_bytes',
              legend: '{{instance}}',
            },
          ],
        }),
        timeSeries({
          title: 'Heap, of its limit',
          description: 'JavaScript heap in use, of what there may be at most; at its limit the process would end.',
          unit: 'percentunit',
          series: [{ expr: 'process_heap_used_bytes / process_heap_limit_bytes', legend: '{{instance}}' }],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Memory and heap',
          description: 'Memory held in all, and the JavaScript heap in it.',
          unit: 'bytes',
          series: [
            { expr: 'sum(process_resident_memory_bytes{job="chatbot"})', legend: 'resident' },
            { expr: 'sum(process_heap_used_bytes)', legend: 'heap' },
          ],
        }),
        timeSeries({
          title: 'Event loop delay',
          description:
            'How late the event loop was. From the dashed line on requests are refused, if nothing else is configured.',
          unit: 's',
          thresholds: limit(EVENT_LOOP_LIMIT_S),
          series: [{ expr: 'max by (quantile) (process_event_loop_delay_seconds)', legend: 'quantile {{quantile}}' }],
        }),
        timeSeries({
          title: 'Event loop utilization',
          description: 'Share of the time in which the event loop was busy; near 100 % one processor is all used up.',
          unit: 'percentunit',
          max: 1,
          series: [{ expr: 'process_event_loop_utilization_ratio', legend: '{{instance}}' }],
        }),
      ],
    },
  ],
}

/** How traces, metrics and log lines leave the process, as it counts itself. */
export const TELEMETRY: Section = {
  title: 'Telemetry',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Held up for',
          description:
            'Time since a signal last left while something of it waits; 0 while it flows. The dashed line is where an alert fires.',
          unit: 's',
          thresholds: limit(TELEMETRY_AGE_LIMIT_S),
          series: [{ expr: 'max by (signal) (telemetry_last_success_age_seconds)', legend: '{{signal}}' }],
        }),
        timeSeries({
          title: 'Waiting',
          description: 'Spans and log lines that wait to be sent. What does not fit any more is dropped.',
          unit: 'short',
          series: [{ expr: 'sum by (signal) (telemetry_queue_length)', legend: '{{signal}}' }],
        }),
        timeSeries({
          title: 'Sent',
          description: 'Spans, collections of metrics and log lines that left, a second.',
          unit: 'cps',
          series: [{ expr: rateOf('telemetry_exported_total', { by: 'signal' }), legend: '{{signal}}' }],
        }),
        timeSeries({
          title: 'Lost, and attempts that failed',
          description: 'Items dropped and exports that failed, a minute; 0 when all is well.',
          unit: 'cpm',
          series: [
            { expr: perMinute('telemetry_dropped_total', { by: 'signal' }), legend: '{{signal}} lost' },
            { expr: perMinute('telemetry_export_failures_total', { by: 'signal' }), legend: '{{signal}} failed' },
          ],
        }),
      ],
    },
  ],
}
