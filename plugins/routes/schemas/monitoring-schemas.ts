import { Type } from '../../../src/base/json-schema.ts'
import { instant } from './schemas.ts'

const rule = Type.String({ description: 'Id of the rule, such as `high_error_rate`.' })
const TIME_PATTERN = '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?Z)?$'
const severity = Type.Enum(['critical', 'warning'])
const labels = Type.Record(Type.String(), Type.String(), { description: 'What the alert is about, such as a disk.' })

const Alert = Type.Object({
  id: Type.String(),
  rule,
  title: Type.String(),
  severity,
  labels,
  phase: Type.Enum(['pending', 'firing', 'resolved']),
  value: Type.Number({ description: 'What was measured last.' }),
  threshold: Type.Number(),
  comparison: Type.Enum(['>', '>=', '<', '==']),
  unit: Type.String(),
  shown: Type.String({ description: 'The value with its unit.' }),
  description: Type.String(),
  started_at: instant('When the condition began to hold.'),
  fired_at: Type.Optional(instant('When the alert began to fire.')),
  ended_at: Type.Optional(instant('When it was resolved.')),
  silenced: Type.Boolean(),
})

const Silence = Type.Object({
  id: Type.String(),
  rule: Type.String({ description: 'Id of the rule, or `*` for all.' }),
  from: instant('When it begins.'),
  until: instant('When it ends.'),
  by: Type.String({ description: 'Who made it.' }),
  reason: Type.String(),
})

export const AlertsSchema = Type.Object(
  { alerts: Type.Array(Alert), silences: Type.Array(Silence) },
  { description: 'Alerts that fire or are pending, and silences.' },
)

export const RuleParams = Type.Object({ rule: Type.String({ pattern: '^[a-z_]{1,64}$' }) })

const time = (description: string) => Type.String({ pattern: TIME_PATTERN, description })

export const AlertHistoryQuery = Type.Object(
  {
    rule: Type.Optional(Type.String({ pattern: '^[a-z_]{1,64}$', description: 'Only changes of this rule.' })),
    since: Type.Optional(time('Only changes at or after this time (ISO 8601, UTC).')),
    until: Type.Optional(time('Only changes at or before this time (ISO 8601, UTC).')),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Number of changes. Default: 100.' })),
  },
  { additionalProperties: false },
)

export const AlertHistorySchema = Type.Object(
  {
    history: Type.Array(
      Type.Object({
        at: instant('When it changed.'),
        rule,
        labels,
        kind: Type.Enum(['pending', 'ended', 'firing', 'resolved', 'silenced', 'delivered', 'failed']),
        severity: Type.Optional(severity),
        value: Type.Optional(Type.Number()),
        duration_s: Type.Optional(Type.Number({ description: 'Of `resolved`: seconds since it began to fire.' })),
        detail: Type.Optional(
          Type.String({ description: 'Of `delivered` and `failed`: the channel. Of `silenced`: the silence.' }),
        ),
      }),
    ),
  },
  { description: 'Changes of alerts, newest first.' },
)

const analysisTime = (description: string) =>
  Type.Optional(Type.String({ maxLength: 40, pattern: '^[0-9A-Za-z:.+-]+$', description }))

export const AnalysisParams = Type.Object({
  name: Type.Enum(['errors', 'performance', 'usage', 'health', 'capacity', 'security'], {
    description: 'What to analyse.',
    examples: ['errors'],
  }),
})

export const AnalysisQuery = Type.Object(
  {
    since: analysisTime('Beginning of the period: 2h, 7d or an ISO 8601 time. Default: 7d.'),
    until: analysisTime('End of the period. Default: now.'),
  },
  { additionalProperties: false },
)

export const AnalysisSchema = Type.Object(
  { name: Type.String(), from: Type.String(), to: Type.String() },
  { additionalProperties: true, description: 'The result, as `pellucid analyse NAME --json` prints it, without texts of users.' },
)
