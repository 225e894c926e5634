import { Type } from '../../../src/base/json-schema.ts'
import { MODULE_PATTERN } from '../../edge/replies/validation-message.ts'
import { closed, instant, text } from './schemas.ts'

const logLevel = Type.Enum(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], { description: 'Minimum level that is logged.' })

export const LogLevelBody = closed(
  {
    level: logLevel,
    module: Type.Optional(Type.String({ ...text(1, 64, 'Limits the change to lines of this module.'), pattern: MODULE_PATTERN })),
    minutes: Type.Integer({ minimum: 1, maximum: 1440, description: 'Duration of the change.' }),
  },
  { level: 'DEBUG', module: 'chat', minutes: 5 },
)

export const LogLevelSchema = Type.Object(
  {
    level: logLevel,
    overrides: Type.Array(
      Type.Object({
        level: logLevel,
        module: Type.Optional(Type.String()),
        until: instant('When the override ends.'),
      }),
      { description: 'Temporary overrides, the most specific first. The first that matches a line applies.' },
    ),
  },
  { description: 'The log level and its overrides.' },
)

export const HelloSchema = Type.Object({ message: Type.String() }, { description: 'A greeting.' })
export const MetricsSchema = Type.String({ description: 'Metrics in the Prometheus text format.' })
export const HealthSchema = Type.Object({ status: Type.Literal('ok') }, { description: 'The process responds.' })

const Check = Type.Object({ ok: Type.Boolean(), detail: Type.String() })
export const ReadinessSchema = Type.Object(
  {
    status: Type.Enum(['ready', 'not ready']),
    checks: Type.Optional(
      Type.Object({
        database: Check,
        writer: Check,
        damage: Check,
        index: Check,
        disk: Check,
        audit: Check,
        log: Check,
        telemetry: Check,
        notifications: Check,
      }),
    ),
  },
  { description: 'The server is ready. With access control, `checks` needs the role `read`.' },
)
export const NotReadySchema = Type.Object(ReadinessSchema.properties, { description: 'The server is not ready: see the checks.' })
