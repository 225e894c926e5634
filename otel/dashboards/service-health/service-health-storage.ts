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
          description: 'Database operations per second.',
          unit: 'ops',
          stacked: true,
          series: [{ expr: rateOf('db_client_operation_duration_seconds_count', { by: 'operation' }), legend: '{{operation}}' }],
        }),
        timeSeries({
          title: 'Operation duration, p99',
          description: '99 % of the operations took at most this long. A write lasts until it is on disk.',
          unit: 's',
          series: [
            { expr: quantileOf(0.99, 'db_client_operation_duration_seconds', { by: 'operation' }), legend: '{{operation}}' },
          ],
        }),
        timeSeries({
          title: 'Commit duration',
          description: 'Duration of commits, mostly disk time. Waiting writes are committed together.',
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
          description: 'Database connections (one reader, one writer), by state.',
          unit: 'short',
          stacked: true,
          series: [{ expr: 'sum by (state) (db_client_connection_count)', legend: '{{state}}' }],
        }),
        timeSeries({
          title: 'Writes waiting',
          description:
            'Writes accepted but not yet on disk, erasures whose content may still be in the write-ahead log, and damage that the last check found.',
          unit: 'short',
          series: [
            { expr: 'sum(chatbot_database_waiting_writes)', legend: 'waiting' },
            { expr: 'sum(chatbot_pending_erasures)', legend: 'erasures pending' },
            { expr: 'max(chatbot_database_problems)', legend: 'damage found' },
          ],
        }),
        timeSeries({
          title: 'Write-ahead log',
          description: 'Size of the write-ahead log. It shrinks at each checkpoint; a long read prevents that.',
          unit: 'bytes',
          series: [{ expr: 'sum(chatbot_database_wal_bytes)', legend: 'size' }],
        }),
        timeSeries({
          title: 'Slow operations',
          description: 'Reads and write batches per minute slower than SLOW_QUERY_MS. The log names them.',
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
          description: 'Free share of the disks of data and log. The alert fires below the dashed line.',
          unit: 'percentunit',
          max: 1,
          thresholds: limit(DISK_FREE_LIMIT_RATIO),
          series: [{ expr: 'min by (volume) (disk_free_bytes / disk_size_bytes)', legend: '{{volume}}' }],
        }),
        timeSeries({
          title: 'Size of the log',
          description:
            'Size of log files by stream, including compressed files. The other streams repeat the lines of `chatbot` by severity.',
          unit: 'bytes',
          stacked: true,
          series: [{ expr: 'sum by (stream) (log_bytes)', legend: '{{stream}}' }],
        }),
        timeSeries({
          title: 'Log lines',
          description: 'Lines written per second, by severity.',
          unit: 'cps',
          stacked: true,
          series: [{ expr: rateOf('log_lines_total', { where: 'stream!="chatbot"', by: 'stream' }), legend: '{{stream}}' }],
        }),
        timeSeries({
          title: 'Dropped lines and audit failures',
          description: 'Dropped log lines and failed audit writes per minute. Normally 0.',
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
          description: 'From the growth over the last seven days. 3650 means never.',
          unit: 'd',
          series: [{ expr: 'min(log_days_until_full)', legend: 'days' }],
        }),
        timeSeries({
          title: 'Disk free, in bytes',
          description: 'Free space on the disks of data and log. The alert fires below 5 GB.',
          unit: 'decbytes',
          series: [{ expr: 'min by (volume) (disk_free_bytes)', legend: '{{volume}}' }],
        }),
      ],
    },
  ],
}
