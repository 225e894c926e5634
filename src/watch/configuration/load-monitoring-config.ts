import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { LineCounter, parseDocument } from 'yaml'
import { ChatError, messageOf } from '../../errors.ts'
import { findGaps } from './configuration-gaps.ts'
import type { MonitoringConfig, RuleSettings } from './monitoring-config.ts'
import { describeProblem, describeSyntaxError, lineOf, listProblems, MAX_PROBLEMS, type Problem } from './monitoring-problems.ts'
import { MONITORING_SCHEMA, type MonitoringFile } from './monitoring-schema.ts'
import { parseSchedule } from './schedule.ts'
import { type Environment, readSecret } from './secrets.ts'

const MAX_BYTES = 1_000_000

const validate = new Ajv({
  allErrors: true,
  useDefaults: true,
  strict: false,
  formats: {
    schedule: text => parseSchedule(text) !== undefined,
    email: /^[^\s@<>,;]+@[^\s@<>,;]+$/,
  },
  // The version of the schema language is for editors.
}).compile<MonitoringFile>({ ...MONITORING_SCHEMA, $schema: undefined })

/**
 * Reads `monitoring.yaml`. Without a path, or with an empty file, everything has its default.
 * @throws {ChatError} CONFIGURATION_INVALID with a line for each problem: the line of the file, the
 * key, and what would be right. No message contains a secret.
 */
export function loadMonitoringConfig(path: string | undefined, environment: Environment): MonitoringConfig {
  const text = path === undefined ? '' : readText(path)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const fail = (problems: readonly Problem[], further = 0): never => {
    throw new ChatError('CONFIGURATION_INVALID', { message: listProblems(path ?? 'monitoring.yaml', problems, further) })
  }
  if (document.errors.length > 0) fail(document.errors.map(describeSyntaxError))
  let values: unknown
  try {
    values = document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch (error) {
    fail([{ line: undefined, message: messageOf(error) }])
  }
  if (!validate(values)) {
    const errors = validate.errors ?? []
    const listed = errors.slice(0, MAX_PROBLEMS).map(error => describeProblem(error, document, lines))
    fail(listed, errors.length - listed.length)
  }
  const file = values as MonitoringFile
  const problems = new Map<string, string>()
  const config = toConfig(file, (key, value) => {
    const { text, problem } = readSecret(value, environment)
    if (problem !== undefined) problems.set(key, problem)
    return text
  })
  // What is wrong with a secret says more than that it is missing.
  for (const [key, problem] of findGaps(config, environment)) if (!problems.has(key)) problems.set(key, problem)
  if (problems.size > 0)
    fail(
      [...problems].map(([key, problem]) => ({ line: lineOf(key.split('.'), document, lines), message: `${key}: ${problem}` })),
    )
  return config
}

function readText(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ChatError('CONFIGURATION_INVALID', { message: `MONITORING_CONFIG: ${messageOf(cause)}`, cause })
  }
  if (text.length <= MAX_BYTES) return text
  throw new ChatError('CONFIGURATION_INVALID', { message: `${path}: The file is larger than ${MAX_BYTES} characters` })
}

function toConfig(
  file: MonitoringFile,
  secret: (key: string, value: string | undefined) => string | undefined,
): MonitoringConfig {
  const { metrics, alerts, channels, objectives, reports, retention } = file
  const { email, slack, webhook } = channels
  const rules = Object.entries(alerts.rules as Record<string, Record<string, unknown>>)
  return {
    evaluationIntervalS: file.evaluation_interval_s,
    metrics: { enabled: metrics.enabled, maxMb: metrics.max_mb },
    alerts: {
      enabled: alerts.enabled,
      responseTimeThreshold: alerts.response_time_threshold,
      errorRateThreshold: alerts.error_rate_threshold,
      memoryThreshold: alerts.memory_threshold,
      cpuThreshold: alerts.cpu_threshold,
      ...(alerts.self_test !== undefined && { selfTest: alerts.self_test }),
      rules: Object.fromEntries(
        rules.map(([id, { for_s: forS, keep_firing_s: keepFiringS, ...rest }]) => [
          id,
          { ...rest, ...named('forS', forS), ...named('keepFiringS', keepFiringS) } as RuleSettings,
        ]),
      ),
    },
    channels: {
      email: {
        enabled: email.enabled,
        recipients: email.recipients,
        errorMails: email.error_mails,
        ...(email.from !== undefined && { from: email.from }),
        ...named('smtpUrl', email.enabled ? secret('channels.email.smtp_url', email.smtp_url) : undefined),
      },
      slack: {
        enabled: slack.enabled,
        ...named('webhookUrl', slack.enabled ? secret('channels.slack.webhook_url', slack.webhook_url) : undefined),
      },
      webhook: {
        enabled: webhook.enabled,
        ...named('url', webhook.enabled ? secret('channels.webhook.url', webhook.url) : undefined),
        ...named('secretEnv', webhook.secret_env),
      },
    },
    objectives: {
      availability: objectives.availability,
      fastReplies: objectives.fast_replies,
      replyWithinS: objectives.reply_within_s,
    },
    reports: { ...named('daily', reports.daily), ...named('weekly', reports.weekly), channels: reports.channels },
    retention: { metricsDays: retention.metrics, alertsDays: retention.alerts, ...named('logsDays', retention.logs) },
  }
}

function named<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value })
}
