import { layOut, NUMBERS_HEIGHT } from '../layout.ts'
import { stat, upOrDown } from '../panels.ts'
import { NOW_WINDOW } from '../promql.ts'
import {
  CPU_LIMIT_RATIO,
  DISK_FREE_LIMIT_RATIO,
  EVENT_LOOP_LIMIT_S,
  MEMORY_LIMIT_RATIO,
  TELEMETRY_AGE_LIMIT_S,
  tooLittle,
  tooMuch,
} from '../thresholds.ts'
import { COLLECTOR } from './service-health-collector.ts'
import { SERVICE_MAP } from './service-health-map.ts'
import { PROCESS, TELEMETRY } from './service-health-process.ts'
import { DATABASE, DISK_AND_LOG } from './service-health-storage.ts'

/** State of process, database, disks and telemetry. */
export const SERVICE_HEALTH = layOut({
  uid: 'service-health',
  title: 'Service health',
  description: 'Process, event loop, database, disks, log and telemetry.',
  shows: '3h',
  sections: [
    {
      lines: [
        {
          height: NUMBERS_HEIGHT,
          panels: [
            upOrDown({
              title: 'Server',
              description: 'Whether Prometheus can scrape every instance.',
              expr: 'min(up{job="chatbot"})',
            }),
            stat({
              title: 'Uptime',
              description: 'Time since the latest start of an instance.',
              unit: 's',
              expr: 'time() - max(process_start_time_seconds{job="chatbot"})',
            }),
            stat({
              title: 'CPU',
              description: 'CPU utilization over the last 5 minutes. The alert fires above 80 %.',
              unit: 'percentunit',
              expr: `max(rate(process_cpu_seconds_total{job="chatbot"}[${NOW_WINDOW}]) / process_available_cpus)`,
              thresholds: tooMuch(0.6, CPU_LIMIT_RATIO),
            }),
            stat({
              title: 'Memory',
              description: 'Resident memory relative to the limit. The alert fires above 85 %.',
              unit: 'percentunit',
              expr: 'max(process_resident_memory_bytes{job="chatbot"} / process_memory_limit_bytes)',
              thresholds: tooMuch(0.7, MEMORY_LIMIT_RATIO),
            }),
            stat({
              title: 'Event loop delay',
              description: '99th percentile over the last 10 s. Above 1 s (the default limit) requests get 503.',
              unit: 's',
              expr: 'max(process_event_loop_delay_seconds{quantile="0.99"})',
              thresholds: tooMuch(EVENT_LOOP_LIMIT_S / 10, EVENT_LOOP_LIMIT_S),
            }),
            upOrDown({
              title: 'Database',
              description: 'Whether the database can be read and written.',
              expr: 'min(chatbot_database_up)',
            }),
            stat({
              title: 'Disk free',
              description: 'Free share of the fuller disk of data and log. The alert fires below 15 %.',
              unit: 'percentunit',
              expr: 'min(disk_free_bytes / disk_size_bytes)',
              thresholds: tooLittle(DISK_FREE_LIMIT_RATIO, 2 * DISK_FREE_LIMIT_RATIO),
            }),
            stat({
              title: 'Telemetry stalled',
              description: 'Longest time that traces, metrics or logs have been stalled. The alert fires above 2 minutes.',
              unit: 's',
              expr: 'max(telemetry_last_success_age_seconds)',
              thresholds: tooMuch(TELEMETRY_AGE_LIMIT_S / 4, TELEMETRY_AGE_LIMIT_S),
              noValue: 'off',
            }),
          ],
        },
      ],
    },
    PROCESS,
    SERVICE_MAP,
    DATABASE,
    DISK_AND_LOG,
    TELEMETRY,
    COLLECTOR,
  ],
})
