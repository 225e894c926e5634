import { type Static, Type } from '../../base/json-schema.ts'
import type { Rule } from '../rules/rule.ts'
import { RULES } from '../rules/rules.ts'

const CHANNELS = ['email', 'slack', 'webhook'] as const
const share = (fallback: number, description: string) =>
  Type.Number({ default: fallback, exclusiveMinimum: 0, maximum: 1, description })
/** Below 1: a promise without an error budget cannot be kept. */
const target = (fallback: number, description: string) =>
  Type.Number({ default: fallback, exclusiveMinimum: 0, exclusiveMaximum: 1, description })
const section = <const Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties, description: string) =>
  Type.Object(properties, { description, additionalProperties: false, default: {} })
const secret = (description: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 2000,
      description: `${description} A secret may be given as \`env:NAME\` or \`file:/path\`.`,
    }),
  )
const schedule = (description: string) => Type.Optional(Type.String({ format: 'schedule', description }))
const channelNames = (description: string) =>
  Type.Array(Type.Unsafe<(typeof CHANNELS)[number]>(Type.String({ enum: [...CHANNELS] })), { uniqueItems: true, description })
const days = (fallback: number, description: string) =>
  Type.Integer({ default: fallback, minimum: 1, maximum: 36_500, description })

/** Settings of a rule. A share above 1 is never reached: the alert would not fire. */
const ruleSchema = ({ summary, conditions: [{ unit }] }: Rule) =>
  Type.Object(
    {
      enabled: Type.Optional(Type.Boolean({ description: 'Whether the rule is evaluated. Default: true.' })),
      threshold: Type.Optional(
        Type.Number({
          minimum: 0,
          ...(unit === 'ratio' && { maximum: 1 }),
          description: 'Replaces the threshold of the rule, in its unit.',
        }),
      ),
      for_s: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 86_400,
          description: 'Seconds for which the condition must hold before the alert fires.',
        }),
      ),
      keep_firing_s: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 86_400,
          description: 'Seconds for which the condition must not hold before the alert is resolved.',
        }),
      ),
      severity: Type.Optional(Type.Unsafe<'critical' | 'warning'>(Type.String({ enum: ['critical', 'warning'] }))),
      channels: Type.Optional(channelNames('Channels that get this alert. Default: all that are enabled.')),
    },
    { additionalProperties: false, description: summary },
  )

/** The schema of `monitoring.yaml`. */
export const MONITORING_SCHEMA = Type.Object(
  {
    evaluation_interval_s: Type.Integer({
      default: 15,
      minimum: 1,
      maximum: 300,
      description: 'Interval (seconds) at which alert rules are evaluated.',
    }),
    metrics: section(
      {
        enabled: Type.Boolean({
          default: true,
          description: 'Whether metrics are stored in DATA_DIR. Alerts and reports need them.',
        }),
        max_mb: Type.Integer({
          default: 256,
          minimum: 16,
          maximum: 102_400,
          description: 'Maximum size (MiB) of the stored metrics.',
        }),
      },
      'The metrics that the server stores about itself.',
    ),
    alerts: section(
      {
        enabled: Type.Boolean({ default: true, description: 'Whether alert rules are evaluated.' }),
        response_time_threshold: Type.Number({
          default: 2,
          exclusiveMinimum: 0,
          maximum: 60,
          description: 'Response time (seconds, 95th percentile) above which response_time_degradation fires.',
        }),
        error_rate_threshold: share(0.05, 'Share of failed requests above which high_error_rate fires.'),
        memory_threshold: share(0.85, 'Share of the memory limit above which memory_exhaustion fires.'),
        cpu_threshold: share(0.8, 'Share of the CPUs above which high_cpu fires.'),
        self_test: schedule('When a test message is sent by each channel, such as `Mon 09:00 Europe/Berlin`. Default: never.'),
        rules: Type.Object(Object.fromEntries(RULES.map(rule => [rule.id, Type.Optional(ruleSchema(rule))])), {
          description: 'Settings of single rules, by id.',
          additionalProperties: false,
          default: {},
        }),
      },
      'When alerts fire.',
    ),
    channels: section(
      {
        email: section(
          {
            enabled: Type.Boolean({ default: false }),
            recipients: Type.Array(Type.String({ format: 'email', maxLength: 320 }), { default: [], maxItems: 100 }),
            from: Type.Optional(
              Type.String({ format: 'email', maxLength: 320, description: 'Sender. Default: pellucid@ the host name.' }),
            ),
            smtp_url: secret('Mail server: `smtp://USER:PASSWORD@HOST:PORT`, or `smtps://` for TLS from the first byte.'),
            error_mails: Type.Boolean({ default: true, description: 'Whether new kinds of errors in the log are mailed.' }),
          },
          'E-mail.',
        ),
        slack: section(
          {
            enabled: Type.Boolean({ default: false }),
            webhook_url: secret('Incoming webhook of Slack, or of a service that takes the same messages.'),
          },
          'Slack.',
        ),
        webhook: section(
          {
            enabled: Type.Boolean({ default: false }),
            url: secret('Where notifications are posted as JSON.'),
            secret_env: Type.Optional(
              Type.String({
                pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
                description: 'Environment variable with the secret that signs them.',
              }),
            ),
          },
          'Any other program.',
        ),
      },
      'Where notifications are sent.',
    ),
    objectives: section(
      {
        availability: target(0.999, 'Share of requests that do not fail by a fault of the server.'),
        fast_replies: target(0.95, 'Share of messages that are answered within reply_within_s.'),
        reply_within_s: Type.Number({ default: 2, exclusiveMinimum: 0, maximum: 60, description: 'Seconds for a fast reply.' }),
      },
      'What is promised to users: `pellucid analyse health` compares it with what was achieved.',
    ),
    reports: section(
      {
        daily: schedule('When the daily report is sent, such as `07:00 Europe/Berlin`. Default: never.'),
        weekly: schedule('When the weekly report is sent, such as `Mon 07:00 Europe/Berlin`. Default: never.'),
        channels: { ...channelNames('Channels that get reports.'), default: ['email'] },
      },
      'Reports.',
    ),
    retention: section(
      {
        metrics: days(90, 'Days for which stored metrics are kept.'),
        alerts: days(365, 'Days for which the history of alerts is kept.'),
        logs: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 36_500,
            description:
              'Days for which INFO lines are kept, unless LOG_RETENTION_DAYS_INFO is set. Default: 30, in production 14.',
          }),
        ),
      },
      'How long things are kept.',
    ),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'monitoring.yaml of Pellucid',
    additionalProperties: false,
  },
)

export type MonitoringFile = Static<typeof MONITORING_SCHEMA>
