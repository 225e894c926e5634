import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { timeSeries } from '../panels.ts'
import { perMinute, RATE_WINDOW, rateOf } from '../promql.ts'
import { CPU_LIMIT_RATIO, EVENT_LOOP_LIMIT_S, limit, MEMORY_LIMIT_RATIO, TELEMETRY_AGE_LIMIT_S } from '../thresholds.ts'

/** The process and its event loop, by instance. */
export const PROCESS: Section = {
  title: 'Process',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'CPU',
          description: 'CPU utilization. The alert fires above the dashed line.',
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
          title: 'Memory utilization',
          description: 'Resident memory relative to the limit. The alert fires above the dashed line.',
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
          title: 'Heap utilization',
          description: 'JavaScript heap in use relative to its limit. At the limit the process crashes.',
          unit: 'percentunit',
          series: [{ expr: 'process_heap_used_bytes / process_heap_limit_bytes', legend: '{{instance}}' }],
        }),
        timeSeries({
          title: 'Checks of readiness',
          description: 'What `/health/ready` checks: 1 while a check passes, 0 while it fails.',
          unit: 'short',
          max: 1,
          series: [{ expr: 'min by (check) (health_check_up)', legend: '{{check}}' }],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Memory and heap',
          description: 'Resident memory and the JavaScript heap in it.',
          unit: 'bytes',
          series: [
            { expr: 'sum(process_resident_memory_bytes{job="chatbot"})', legend: 'resident' },
            { expr: 'sum(process_heap_used_bytes)', legend: 'heap' },
          ],
        }),
        timeSeries({
          title: 'Dropped connections',
          description: 'Connections closed per minute because too many were open. Normally 0.',
          unit: 'cpm',
          series: [{ expr: perMinute('chatbot_dropped_connections_total', { by: 'instance' }), legend: '{{instance}}' }],
        }),
        timeSeries({
          title: 'Event loop delay',
          description: 'Event-loop delay. Above the dashed line (the default limit) requests get 503.',
          unit: 's',
          thresholds: limit(EVENT_LOOP_LIMIT_S),
          series: [{ expr: 'max by (quantile) (process_event_loop_delay_seconds)', legend: 'quantile {{quantile}}' }],
        }),
        timeSeries({
          title: 'Event loop utilization',
          description: 'Share of time in which the event loop was busy. Near 100 % one CPU is saturated.',
          unit: 'percentunit',
          max: 1,
          series: [{ expr: 'process_event_loop_utilization_ratio', legend: '{{instance}}' }],
        }),
      ],
    },
  ],
}

/** Export of traces, metrics and log lines, as the process counts it. */
export const TELEMETRY: Section = {
  title: 'Telemetry',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Stalled for',
          description: 'Time since the last export while items wait; normally 0. The alert fires above the dashed line.',
          unit: 's',
          thresholds: limit(TELEMETRY_AGE_LIMIT_S),
          series: [{ expr: 'max by (signal) (telemetry_last_success_age_seconds)', legend: '{{signal}}' }],
        }),
        timeSeries({
          title: 'Waiting',
          description: 'Spans and log lines waiting for export. If the queue is full, items are dropped.',
          unit: 'short',
          series: [{ expr: 'sum by (signal) (telemetry_queue_length)', legend: '{{signal}}' }],
        }),
        timeSeries({
          title: 'Sent',
          description: 'Spans, metric collections and log lines exported per second.',
          unit: 'cps',
          series: [{ expr: rateOf('telemetry_exported_total', { by: 'signal' }), legend: '{{signal}}' }],
        }),
        timeSeries({
          title: 'Dropped items and failed exports',
          description: 'Dropped items and failed exports per minute. Normally 0.',
          unit: 'cpm',
          series: [
            { expr: perMinute('telemetry_dropped_total', { by: 'signal' }), legend: '{{signal}} dropped' },
            { expr: perMinute('telemetry_export_failures_total', { by: 'signal' }), legend: '{{signal}} failed' },
          ],
        }),
      ],
    },
  ],
}
