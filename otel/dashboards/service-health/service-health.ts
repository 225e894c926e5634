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

/** Whether the process, its database, its disks and its telemetry are well. */
export const SERVICE_HEALTH = layOut({
  uid: 'service-health',
  title: 'Service health',
  description: 'What the service runs on: process, event loop, database, disks, log, and the telemetry itself.',
  shows: '3h',
  sections: [
    {
      lines: [
        {
          height: NUMBERS_HEIGHT,
          panels: [
            upOrDown({
              title: 'Server',
              description: 'Whether Prometheus reaches every instance.',
              expr: 'min(up{job="chatbot"})',
            }),
            stat({
              title: 'Up for',
              description: 'Time since the instance that was started last was started.',
              unit: 's',
              expr: 'time() - max(process_start_time_seconds{job="chatbot"})',
            }),
            stat({
              title: 'CPU',
              description: 'Processor time used in the last 5 minutes, of what the process may use. An alert fires above 80 %.',
              unit: 'percentunit',
              expr: `max(rate(process_cpu_seconds_total{job="chatbot"}[${NOW_WINDOW}]) / process_available_cpus)`,
              thresholds: tooMuch(0.6, CPU_LIMIT_RATIO),
            }),
            stat({
              title: 'Memory',
              description: 'Memory held, of what the process may hold. An alert fires above 85 %.',
              unit: 'percentunit',
              expr: 'max(process_resident_memory_bytes{job="chatbot"} / process_memory_limit_bytes)',
              thresholds: tooMuch(0.7, MEMORY_LIMIT_RATIO),
            }),
            stat({
              title: 'Event loop delay',
              description:
                'p99 of how late the event loop was in the last 10 s. From 1 s on requests are refused, if nothing else is configured.',
              unit: 's',
              expr: 'max(process_event_loop_delay_seconds{quantile="0.99"})',
              thresholds: tooMuch(EVENT_LOOP_LIMIT_S / 10, EVENT_LOOP_LIMIT_S),
            }),
            upOrDown({
              title: 'Database',
              description: 'Whether it can be read and written.',
              expr: 'min(chatbot_database_up)',
            }),
            stat({
              title: 'Disk free',
              description: 'Free share of the fuller of the two disks, for data and log. An alert fires below 15 %.',
              unit: 'percentunit',
              expr: 'min(disk_free_bytes / disk_size_bytes)',
              thresholds: tooLittle(DISK_FREE_LIMIT_RATIO, 2 * DISK_FREE_LIMIT_RATIO),
            }),
            stat({
              title: 'Telemetry held up',
              description:
                'How long the signal that is held up longest, of traces, metrics and logs, has not left; 0 while all flow. An alert fires above 2 minutes.',
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
