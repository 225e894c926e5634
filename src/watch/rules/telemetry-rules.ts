import { increase, latest, rate, sum } from './expression.ts'
import { type Condition, type Rule, rule } from './rule.ts'

const MINUTES_5 = 300
const MINUTES_10 = 600

const COLLECTOR_FAILURES: readonly Condition[] = [
  'otelcol_exporter_send_failed_spans',
  'otelcol_exporter_send_failed_log_records',
  'otelcol_exporter_enqueue_failed_spans',
  'otelcol_exporter_enqueue_failed_log_records',
  'otelcol_receiver_refused_spans',
  'otelcol_receiver_refused_metric_points',
  'otelcol_receiver_refused_log_records',
].map(metric => ({
  measure: sum(rate(metric, MINUTES_5, 'job="collector"'), metric.includes('receiver') ? 'receiver' : 'exporter'),
  comparison: '>',
  threshold: 0,
  unit: 'per second',
}))

/** Rules about logs, traces, metrics, the audit trail and the alerts themselves. */
export const TELEMETRY_RULES: readonly Rule[] = [
  rule({
    id: 'telemetry_stopped',
    severity: 'warning',
    forS: 180,
    conditions: [{ measure: latest('telemetry_last_success_age_seconds'), comparison: '>', threshold: 120, unit: 'seconds' }],
    summary: 'Telemetry export has stopped',
    description: 'The chatbot has not exported {signal} for {value}.',
    users: 'Nothing.',
    action:
      'Check that the collector, or Sentry for errors, is up, and that OTEL_EXPORTER_OTLP_ENDPOINT or SENTRY_DSN is its address. `pellucid logs --module telemetry --since 1h` shows the reason.',
    page: 'stack.md#when-a-service-is-down',
  }),
  rule({
    id: 'log_lines_lost',
    severity: 'warning',
    forS: 0,
    conditions: [
      {
        measure: increase('log_dropped_lines_total', MINUTES_10, 'stream!="terminal"'),
        comparison: '>',
        threshold: 0,
        unit: 'count',
      },
    ],
    summary: 'Log lines were lost',
    description: '{value} lines of {stream} could not be written in the last ten minutes.',
    users: 'Nothing.',
    action: 'Check the disk of LOG_DIR: it may be full, slow or read-only.',
    page: 'logging.md#when-the-disk-is-full-or-slow',
  }),
  rule({
    id: 'audit_trail',
    severity: 'critical',
    forS: 0,
    conditions: [{ measure: sum(increase('audit_failures_total', MINUTES_10)), comparison: '>', threshold: 0, unit: 'count' }],
    summary: 'The audit trail cannot be written',
    description: '{value} records could not be written in the last ten minutes.',
    users: 'Nothing.',
    action: 'Check the disk of LOG_DIR. Then verify the trail: `pellucid audit verify`.',
    page: 'audit.md#if-the-trail-cannot-be-written',
  }),
  rule({
    id: 'notifications_undelivered',
    severity: 'warning',
    forS: 600,
    conditions: [
      { measure: sum(increase('notification_failures_total', 3600), 'channel'), comparison: '>', threshold: 0, unit: 'count' },
      { measure: latest('notifications_waiting'), comparison: '>', threshold: 0, unit: 'count' },
    ],
    summary: 'Alerts do not arrive',
    description: '{value} notifications wait for {channel}, or could not be delivered in the last hour.',
    users: 'Nothing.',
    action: 'Send a test and read what comes back: `pellucid alerts test`.',
    page: 'notifications.md',
  }),
  rule({
    id: 'collector_down',
    severity: 'warning',
    forS: 120,
    evaluatedBy: 'prometheus',
    conditions: [{ measure: latest('up', 'job="collector"'), comparison: '==', threshold: 0, unit: 'count' }],
    summary: 'The collector is down',
    description: 'Traces are dropped; log lines wait in their files.',
    users: 'Nothing.',
    action: 'Read the last lines of the collector: `docker compose logs collector`.',
    page: 'stack.md#when-a-service-is-down',
  }),
  rule({
    id: 'collector_fails',
    severity: 'warning',
    evaluatedBy: 'prometheus',
    conditions: COLLECTOR_FAILURES as Rule['conditions'],
    summary: 'The collector refuses telemetry or cannot send it',
    description: '{exporter}{receiver}: {value} items.',
    users: 'Nothing.',
    action:
      'If an exporter fails, check that its backend is up and has disk space. If a receiver refuses, raise the memory limit of the collector.',
    page: 'stack.md#when-a-service-is-down',
  }),
]
