import { CHARTS_HEIGHT, type Section } from '../layout.ts'
import { timeSeries } from '../panels.ts'
import { perMinute, quantileOf, rateOf } from '../promql.ts'
import { DISK_FREE_LIMIT_RATIO, limit } from '../thresholds.ts'

export const DATABASE: Section = {
  title: 'Database',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Operations',
          description: 'Reads and writes a second, by what they do.',
          unit: 'ops',
          stacked: true,
          series: [{ expr: rateOf('db_client_operation_duration_seconds_count', { by: 'operation' }), legend: '{{operation}}' }],
        }),
        timeSeries({
          title: 'Duration of operations, p99',
          description: '99 of 100 took no longer; a write until it is on disk.',
          unit: 's',
          series: [
            { expr: quantileOf(0.99, 'db_client_operation_duration_seconds', { by: 'operation' }), legend: '{{operation}}' },
          ],
        }),
        timeSeries({
          title: 'Duration of commits',
          description: 'What the disk takes: writes that wait at the same time are committed together.',
          unit: 's',
          series: [0.5, 0.99].map(quantile => ({
            expr: quantileOf(quantile, 'chatbot_database_commit_duration_seconds'),
            legend: `p${quantile * 100}`,
          })),
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Connections',
          description: 'One that reads and one that writes, by whether they are at work.',
          unit: 'short',
          stacked: true,
          series: [{ expr: 'sum by (state) (db_client_connection_count)', legend: '{{state}}' }],
        }),
        timeSeries({
          title: 'Writes waiting',
          description: 'Writes accepted and not yet on disk.',
          unit: 'short',
          series: [{ expr: 'sum(chatbot_database_waiting_writes)', legend: 'waiting' }],
        }),
        timeSeries({
          title: 'Write-ahead log',
          description: 'Its size; it shrinks with every checkpoint. One that only grows is held up by a long read.',
          unit: 'bytes',
          series: [{ expr: 'sum(chatbot_database_wal_bytes)', legend: 'size' }],
        }),
        timeSeries({
          title: 'Slow operations',
          description: 'Reads, and batches of writes, slower than SLOW_QUERY_MS, a minute. The log says which.',
          unit: 'cpm',
          series: [{ expr: perMinute('chatbot_database_slow_operations_total'), legend: 'slow' }],
        }),
      ],
    },
  ],
}

export const DISK_AND_LOG: Section = {
  title: 'Disk and log',
  lines: [
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Disk free',
          description: 'Free share of the disks that data and log are on. The dashed line is where an alert fires.',
          unit: 'percentunit',
          max: 1,
          thresholds: limit(DISK_FREE_LIMIT_RATIO),
          series: [{ expr: 'min by (volume) (disk_free_bytes / disk_size_bytes)', legend: '{{volume}}' }],
        }),
        timeSeries({
          title: 'Size of the log',
          description:
            'Log files by stream, compressed ones included. The streams beside `chatbot` hold the same lines by severity.',
          unit: 'bytes',
          stacked: true,
          series: [{ expr: 'sum by (stream) (log_bytes)', legend: '{{stream}}' }],
        }),
        timeSeries({
          title: 'Log lines',
          description: 'Lines written a second, by severity.',
          unit: 'cps',
          stacked: true,
          series: [{ expr: rateOf('log_lines_total', { where: 'stream!="chatbot"', by: 'stream' }), legend: '{{stream}}' }],
        }),
        timeSeries({
          title: 'Lines and audit records lost',
          description:
            'Lines that could not be written, and attempts to write the audit trail that failed, a minute; 0 when all is well.',
          unit: 'cpm',
          series: [
            { expr: perMinute('log_dropped_lines_total', { by: 'stream' }), legend: '{{stream}}' },
            { expr: perMinute('audit_failures_total'), legend: 'audit trail' },
          ],
        }),
      ],
    },
    {
      height: CHARTS_HEIGHT,
      panels: [
        timeSeries({
          title: 'Days until the log fills the disk',
          description: 'By its growth over the last seven days; 3650 stands for never.',
          unit: 'd',
          series: [{ expr: 'min(log_days_until_full)', legend: 'days' }],
        }),
        timeSeries({
          title: 'Disk free, in bytes',
          description: 'Free space where data and log are. An alert fires below 5 GB.',
          unit: 'decbytes',
          series: [{ expr: 'min by (volume) (disk_free_bytes)', legend: '{{volume}}' }],
        }),
      ],
    },
  ],
}
