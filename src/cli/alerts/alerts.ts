import { environment } from '../../config.ts'
import { describeTransition, listAlerts } from '../../watch/evaluation/alert-listing.ts'
import { spanOf } from '../../watch/evaluation/alert-notification.ts'
import { readCommandPrefix } from '../../watch/rules/command-prefix.ts'
import { describeLimits, showMeasured, titleOf, withPrefix } from '../../watch/rules/rule-texts.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { findRule, readRules, withAlertStore } from './monitoring-store.ts'

const MONTH_MS = 30 * 86_400_000

/** Runs `pellucid alerts list`. The exit code is 1 if a critical alert fires. */
export function runAlertsList({ json }: { readonly json: boolean }, { config, stdout, now }: AuditCommandDeps): number {
  const { alerts, silences } = withAlertStore(config.dataDir, store => listAlerts(store, readRules(), now()))
  const lines = [
    ...alerts.map(
      ({ rule, severity, phase, description, started_at, silenced }) =>
        `${phase === 'firing' ? 'FIRING ' : 'pending'}  ${severity.padEnd(8)}  ${rule}  ${description} Since ${started_at}.${silenced ? ' Silenced.' : ''}`,
    ),
    ...(alerts.length === 0 ? ['No alert fires'] : []),
    ...silences.map(
      ({ id, rule, until, by, reason }) =>
        `silence  ${id}  ${rule === '*' ? 'all rules' : rule} until ${until}, by ${by}: ${reason}`,
    ),
  ]
  stdout.write(json ? `${JSON.stringify({ alerts, silences })}\n` : `${lines.join('\n')}\n`)
  return alerts.some(({ severity, phase }) => severity === 'critical' && phase === 'firing') ? 1 : 0
}

/** Runs `pellucid alerts show`. */
export function runAlertsShow(
  id: string,
  { json }: { readonly json: boolean },
  { config, stdout, now }: AuditCommandDeps,
): number {
  const rule = findRule(id, readRules())
  const record = withAlertStore(config.dataDir, store => store.summarize(now() - MONTH_MS, now()).find(each => each.rule === id))
  const { severity, summary, users, action, page } = rule
  const timeToResolveMs = record?.meanTimeToResolveMs
  const facts = {
    rule: id,
    severity,
    summary,
    users,
    action: withPrefix(action, readCommandPrefix(environment)),
    limits: describeLimits(rule),
    page: `docs/${page}`,
    fired_in_30_days: record?.fired ?? 0,
    ...(timeToResolveMs !== undefined && { mean_time_to_resolve_s: Math.round(timeToResolveMs / 1000) }),
  }
  const text = [
    `${titleOf(rule)} (${severity}): ${summary}`,
    '',
    `Fires:       ${facts.limits}`,
    `Users:       ${users}`,
    `What to do:  ${facts.action}`,
    `Read more:   ${facts.page}`,
    `Fired:       ${facts.fired_in_30_days} times in 30 days${timeToResolveMs === undefined ? '' : `, for ${spanOf(timeToResolveMs)} on average`}`,
  ]
  stdout.write(json ? `${JSON.stringify(facts)}\n` : `${text.join('\n')}\n`)
  return 0
}

export interface HistoryOptions {
  readonly rule?: string
  readonly since?: number
  readonly limit: number
  readonly json: boolean
}

/** Runs `pellucid alerts history`. */
export function runAlertsHistory({ rule, since, limit, json }: HistoryOptions, { config, stdout }: AuditCommandDeps): number {
  const rules = readRules()
  if (rule !== undefined) findRule(rule, rules)
  const changes = withAlertStore(config.dataDir, store =>
    store.history({ limit, ...(rule !== undefined && { rule }), ...(since !== undefined && { since }) }),
  )
  if (changes.length === 0 && !json) stdout.write('No alert changed\n')
  for (const change of changes.map(describeTransition).toReversed()) {
    const { at, rule, labels, kind, value, duration_s: seconds, detail } = change
    const shown = Object.entries(labels).map(([name, text]) => `${name}=${text}`)
    const measured = value === undefined ? undefined : showMeasured(value, rules.find(({ id }) => id === rule)?.conditions ?? [])
    const facts = [measured, seconds === undefined ? undefined : `after ${spanOf(seconds * 1000)}`, detail].filter(
      fact => fact !== undefined,
    )
    stdout.write(json ? `${JSON.stringify(change)}\n` : `${[at, kind.padEnd(9), rule, ...shown, ...facts].join('  ')}\n`)
  }
  return 0
}
