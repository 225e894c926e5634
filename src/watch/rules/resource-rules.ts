import { divide, increase, latest, quantile, rate, sum } from './expression.ts'
import { type Rule, rule } from './rule.ts'

const MINUTES_5 = 300

/** Rules about the database and the resources of the machine. */
export const RESOURCE_RULES: readonly Rule[] = [
  rule({
    id: 'database_failures',
    severity: 'critical',
    forS: 60,
    conditions: [
      { measure: latest('chatbot_database_up'), comparison: '==', threshold: 0, unit: 'count' },
      {
        measure: sum(increase('chatbot_request_errors_total', MINUTES_5, 'code="DATABASE_UNAVAILABLE"')),
        comparison: '>',
        threshold: 5,
        unit: 'count',
      },
    ],
    summary: 'The database cannot be read or written',
    description: 'Messages get the error DATABASE_UNAVAILABLE.',
    users: 'They get an error for each message.',
    action:
      'Check the disk of DATA_DIR: is it full, read-only or broken? `pellucid logs --module database_manager --since 15m` shows the reason.',
    page: 'reliability.md#disk',
  }),
  rule({
    id: 'database_damaged',
    severity: 'critical',
    forS: 0,
    conditions: [{ measure: latest('chatbot_database_problems'), comparison: '>', threshold: 0, unit: 'count' }],
    summary: 'The database is damaged',
    description: 'The check found {value} problems.',
    users: 'Requests that meet the damage get DATABASE_UNAVAILABLE.',
    action: 'Stop the server and restore the last backup: `pellucid restore FILE`.',
    page: 'operations.md#look-for-damage',
  }),
  rule({
    id: 'slow_queries',
    explainedBy: ['database_failures'],
    severity: 'critical',
    conditions: [
      {
        measure: sum(rate('chatbot_database_slow_operations_total', MINUTES_5)),
        comparison: '>',
        threshold: 0.1,
        unit: 'per second',
      },
    ],
    summary: 'The database is slow',
    description: '{value} operations took longer than SLOW_QUERY_MS.',
    users: 'Answers come late.',
    action:
      'See which operations they are: `pellucid logs --module database_manager --level WARNING --since 15m`. Check the load of the disk.',
    page: 'reliability.md#disk',
  }),
  rule({
    id: 'slow_writes',
    explainedBy: ['database_failures'],
    severity: 'warning',
    conditions: [
      {
        measure: quantile(0.95, 'chatbot_database_commit_duration_seconds', MINUTES_5),
        comparison: '>',
        threshold: 0.5,
        unit: 'seconds',
      },
      { measure: latest('chatbot_database_waiting_writes'), comparison: '>', threshold: 500, unit: 'count' },
      {
        measure: sum(increase('chatbot_request_errors_total', MINUTES_5, 'code="DATABASE_BUSY"')),
        comparison: '>',
        threshold: 0,
        unit: 'count',
      },
    ],
    summary: 'The disk cannot keep up with the writes',
    description: 'Commits are slow, or writes wait ({value}).',
    users: 'Answers come late, or get the error DATABASE_BUSY.',
    action: 'Check what else writes to the disk of DATA_DIR, and use a faster disk: `pellucid analyse performance --since 1h`.',
    page: 'reliability.md#disk',
  }),
  rule({
    id: 'memory_exhaustion',
    severity: 'critical',
    conditions: [
      {
        measure: divide(latest('process_resident_memory_bytes'), latest('process_memory_limit_bytes')),
        comparison: '>',
        threshold: 0.85,
        unit: 'ratio',
      },
      {
        measure: divide(latest('process_heap_used_bytes'), latest('process_heap_limit_bytes')),
        comparison: '>',
        threshold: 0.9,
        unit: 'ratio',
      },
    ],
    summary: 'The memory is nearly exhausted',
    description: 'The chatbot uses {value} of its memory.',
    users: 'Nothing yet. The system may end the process.',
    action: 'Raise the memory limit of the container, or set MAX_HEAP_MB to refuse requests before the process is ended.',
    page: 'operations.md#plan-the-memory',
  }),
  rule({
    id: 'high_cpu',
    severity: 'warning',
    conditions: [
      {
        measure: divide(rate('process_cpu_seconds_total', MINUTES_5), latest('process_available_cpus')),
        comparison: '>',
        threshold: 0.8,
        unit: 'ratio',
      },
    ],
    summary: 'The CPUs are nearly exhausted',
    description: 'The chatbot uses {value} of its CPUs.',
    users: 'Answers may come later than usual.',
    action:
      'If there are more requests as well, add CPUs. Otherwise find what changed: `pellucid analyse performance --since 2h`.',
    page: 'limits.md',
  }),
  rule({
    id: 'disk_space',
    severity: 'warning',
    conditions: [
      { measure: divide(latest('disk_free_bytes'), latest('disk_size_bytes')), comparison: '<', threshold: 0.15, unit: 'ratio' },
      { measure: latest('disk_free_bytes'), comparison: '<', threshold: 5e9, unit: 'bytes' },
    ],
    summary: 'A disk is nearly full',
    description: 'The disk of the {volume} folder has {value} free.',
    users: 'Nothing yet. On a full disk no message can be stored.',
    action: 'See how much log can be deleted: `pellucid logs prune --dry-run`. Lower LOG_STREAM_BUDGET_MB, or use a larger disk.',
    page: 'operations.md#plan-the-disk-space',
  }),
  rule({
    id: 'disk_full_soon',
    explainedBy: ['disk_space'],
    severity: 'warning',
    forS: 3600,
    conditions: [{ measure: latest('log_days_until_full'), comparison: '<', threshold: 7, unit: 'days' }],
    summary: 'The log will fill the disk',
    description: 'At its present growth the log fills the disk in {value}.',
    users: 'Nothing yet. On a full disk no message can be stored.',
    action:
      'See what grows: `pellucid logs --stats` and `pellucid analyse capacity`. Lower LOG_STREAM_BUDGET_MB, or use a larger disk.',
    page: 'operations.md#plan-the-disk-space',
  }),
  rule({
    id: 'erasure_pending',
    severity: 'warning',
    forS: 900,
    conditions: [{ measure: latest('chatbot_pending_erasures'), comparison: '>', threshold: 0, unit: 'count' }],
    summary: 'Erased text is still on the disk',
    description: '{value} erasures wait, because another process reads the database.',
    users: 'Nothing. What they asked to erase is not gone from the disk yet.',
    action:
      'Find the process with `fuser -v DATA_DIR/pellucid.sqlite` and end it. The server retries each erasure until it is done.',
    page: 'privacy.md',
  }),
  rule({
    id: 'connections_dropped',
    severity: 'warning',
    conditions: [
      {
        measure: sum(increase('chatbot_dropped_connections_total', MINUTES_5)),
        comparison: '>',
        threshold: 10,
        unit: 'count',
      },
    ],
    summary: 'Connections are closed because too many are open',
    description: '{value} connections in the last five minutes.',
    users: 'Some cannot connect.',
    action: 'Raise MAX_CONNECTIONS and the limit of open files, or limit connections of each client in the proxy.',
    page: 'limits.md',
  }),
]
