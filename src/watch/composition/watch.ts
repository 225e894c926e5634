import { setTimeout as sleep } from 'node:timers/promises'
import { createChannels } from '../channels/channels.ts'
import { createDelivery } from '../channels/delivery.ts'
import type { ChannelName, Notification } from '../channels/notification.ts'
import { createOutbox, NOTIFICATION_TABLES } from '../channels/outbox.ts'
import { planSelfTest } from '../channels/self-test.ts'
import type { HistoryRequest, MonitoringState, MonitoringThreadData } from '../client/thread-messages.ts'
import type { MonitoringConfig } from '../configuration/monitoring-config.ts'
import { parseSchedule } from '../configuration/schedule.ts'
import { describeTransition, listAlerts } from '../evaluation/alert-listing.ts'
import { notifyOf } from '../evaluation/alert-notification.ts'
import { ALERT_TABLES, createAlertStore } from '../evaluation/alert-store.ts'
import { createEvaluator } from '../evaluation/evaluator.ts'
import { dueReport } from '../reports/due-reports.ts'
import { type ActiveRule, activateRules } from '../rules/active-rules.ts'
import { RECORDINGS } from '../rules/request-rules.ts'
import { RULES } from '../rules/rules.ts'
import { maintainSeries, sizeOf } from '../series/downsample.ts'
import { evaluateExpression } from '../series/evaluate-expression.ts'
import { openMonitoringDatabase } from '../series/monitoring-database.ts'
import { createSeriesStore, type Layout } from '../series/series-store.ts'
import { SERIES_TABLES } from '../series/series-tables.ts'
import { createErrorReader } from './error-reading.ts'
import { collectReport } from './make-report.ts'
import { toNotification } from './report-mails.ts'

/** Every migration of the monitoring database, in order. Append only. */
export const MONITORING_MIGRATIONS: readonly string[] = [SERIES_TABLES, ALERT_TABLES, NOTIFICATION_TABLES]

export interface WatchOptions extends MonitoringThreadData {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly random: () => number
  readonly log: (level: 'info' | 'warn' | 'error', facts: Readonly<Record<string, unknown>>, message: string) => void
}

const DAY_MS = 86_400_000
const MIB = 1024 * 1024
const MAINTENANCE_MS = 60_000
const PRUNE_MS = 3_600_000
const CHANNEL_NAMES: readonly ChannelName[] = ['email', 'slack', 'webhook']

/**
 * The server's watch over itself: keeps its metrics, evaluates the alert rules over them, and
 * notifies. Runs in the monitoring thread.
 */
export function createWatch(options: WatchOptions) {
  const { path, now, log, hostname, prefix } = options
  const { db, damage } = openMonitoringDatabase(path, MONITORING_MIGRATIONS)
  if (damage !== undefined)
    log('error', { function: 'open', err: damage, path }, 'Monitoring data damaged: set aside and begun anew')
  const series = createSeriesStore(db, options.process)
  const store = createAlertStore(db)
  const outbox = createOutbox(db)
  const errors = createErrorReader({ ...options, outbox })
  const counts = { delivered: new Map<string, number>(), failed: new Map<string, number>() }
  let config = options.config
  let rules: readonly ActiveRule[] = []
  let evaluationS = 0
  let maintainedAt = 0
  let prunedAt = 0
  let reportAfter = 0
  let reading: Promise<void> | undefined

  const delivery = createDelivery({
    outbox,
    now,
    random: options.random,
    onProblem: (channel, err) => log('error', { function: 'deliver', channel, err }, 'Outbox not read or written'),
    onDelivered({ channel, notification }, said) {
      add(counts.delivered, channel)
      recordOutcome('delivered', channel, notification)
      log('info', { function: 'deliver', channel, notification: notification.id, said }, 'Notification delivered')
    },
    onFailed({ channel, notification }, reason) {
      add(counts.failed, channel)
      recordOutcome('failed', channel, notification)
      log('error', { function: 'deliver', channel, notification: notification.id, reason }, 'Notification given up')
    },
  })

  const evaluator = createEvaluator({
    measure: (expression, at) => evaluateExpression(expression, series, at),
    record: (name, values, at) => series.appendGauge(name, values, at),
    store,
    notify(rule, kind, alerts, at) {
      const notification = notifyOf(rule, kind, alerts, at, options)
      log(
        kind === 'firing' ? 'warn' : 'info',
        { function: 'evaluate', rule: rule.id, severity: rule.severity, alerts: alerts.length },
        kind === 'firing' ? 'Alert fires' : 'Alert resolved',
      )
      if (options.notifiesAlerts) delivery.enqueue(notification, rule.channels)
    },
  })

  function configure(next: MonitoringConfig, environment: MonitoringThreadData['environment']): void {
    config = next
    rules = activateRules(
      RULES.filter(({ evaluatedBy }) => evaluatedBy === 'both'),
      config,
    )
    delivery.use(createChannels(config.channels, { environment, hostname, now }))
    outbox.setMark('configured', now())
  }

  /** Keeps in the history of the alerts whether their messages arrived. */
  function recordOutcome(
    kind: 'delivered' | 'failed',
    channel: ChannelName,
    { alerts = [] }: Pick<Notification, 'alerts'>,
  ): void {
    for (const { rule, labels } of alerts as readonly { rule: string; labels: Readonly<Record<string, string>> }[])
      store.record({ at: now(), rule, labels, kind, detail: channel })
  }

  function selfTest(): void {
    const schedule = config.alerts.selfTest === undefined ? undefined : parseSchedule(config.alerts.selfTest)
    const test = schedule && planSelfTest(schedule, outbox, { now: now(), hostname })
    if (test === undefined) return
    if (!CHANNEL_NAMES.some(name => config.channels[name].enabled))
      log('error', { function: 'self_test' }, 'Self-test failed: no channel is enabled, so no alert can arrive')
    delivery.enqueue(test)
  }

  /** Sends the reports whose time has come, one after the other. */
  function sendReports(): void {
    if (now() < reportAfter) return
    for (const kind of ['daily', 'weekly'] as const) {
      const schedule = parseSchedule(config.reports[kind] ?? '')
      const until = schedule && dueReport(kind, schedule, outbox, now())
      if (until === undefined) continue
      const report = collectReport(db, kind, until, rules, { host: hostname, prefix })
      delivery.enqueue(toNotification(report), config.reports.channels)
      outbox.setMark(`${kind}_report`, until)
      log('info', { function: 'report', kind }, 'Report made')
    }
  }

  configure(config, options.environment)
  return {
    configure,
    list: () => listAlerts(store, rules, now()),
    history: (request: HistoryRequest) => store.history(request).map(describeTransition),

    /** Stores a snapshot of the metrics. */
    append: (at: number, values: ArrayLike<number>, layout?: Layout) => series.append(at, values, layout),

    /** Evaluates the rules, and does what is due. Called every `evaluationIntervalS`. */
    tick(): void {
      const startedAt = performance.now()
      const at = now()
      if (config.alerts.enabled)
        for (const [rule, err] of evaluator.evaluate(rules, RECORDINGS, at))
          log('error', { function: 'evaluate', rule, err }, 'Alert rule not evaluated')
      evaluationS = (performance.now() - startedAt) / 1000
      if (at - maintainedAt >= MAINTENANCE_MS || at < maintainedAt) {
        maintainSeries(db, { keptMs: config.retention.metricsDays * DAY_MS, maxBytes: config.metrics.maxMb * MIB }, at)
        maintainedAt = at
      }
      if (at - prunedAt >= PRUNE_MS || at < prunedAt) {
        store.prune(at - config.retention.alertsDays * DAY_MS)
        outbox.prune(at - config.retention.alertsDays * DAY_MS)
        prunedAt = at
      }
      selfTest()
      const { email } = config.channels
      reading ??= errors
        .mailNew(email.enabled && email.errorMails, mail => delivery.enqueue(mail, ['email']))
        .catch(err => log('error', { function: 'mail_errors', err }, 'Log not read for mails about errors'))
        .finally(() => {
          reading = undefined
        })
      try {
        sendReports()
      } catch (err) {
        reportAfter = now() + PRUNE_MS
        log('error', { function: 'report', err }, 'Report not made: it is tried again in an hour')
      }
      delivery.run()
    },

    state(): MonitoringState {
      const firing: Record<string, number> = {}
      for (const { rule, phase } of store.list()) if (phase === 'firing') firing[rule] = (firing[rule] ?? 0) + 1
      const summary = store.summarize(now() - config.retention.alertsDays * DAY_MS, now())
      return {
        firing,
        timeToResolveS: Object.fromEntries(
          summary.flatMap(({ rule, meanTimeToResolveMs: ms }) => (ms === undefined ? [] : [[rule, ms / 1000]])),
        ),
        waiting: Object.fromEntries(outbox.late(now())),
        delivered: Object.fromEntries(counts.delivered),
        failed: Object.fromEntries(counts.failed),
        failures: Object.fromEntries(
          CHANNEL_NAMES.flatMap(name => {
            const failure = outbox.lastFailure(name, now() - DAY_MS)
            return failure === undefined ? [] : [[name, failure]]
          }),
        ),
        evaluationS,
        bytes: sizeOf(db),
      }
    },

    /** Ends what is being sent; it is sent again after the next start. */
    async close(): Promise<void> {
      await delivery.close()
      await Promise.race([reading, sleep(1000, undefined, { ref: false })])
      db.close()
    },
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
