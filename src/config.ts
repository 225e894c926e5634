import { Ajv, type ErrorObject } from 'ajv'
import { type CamelCase, camelCase } from './camel-case.ts'
import { ChatError } from './errors.ts'
import { type Static, type TSchema, Type } from './json-schema.ts'
import { parseNetworks } from './networks.ts'

const integer = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description })
const choice = <const Name extends string>(fallback: Name, names: readonly Name[], description: string) =>
  Type.Unsafe<Name>(Type.String({ enum: [...names], default: fallback, description }))

const retention = (what: string, fallback: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 36_500, description: `Retention period of ${what} in days. Unset: ${fallback}.` }),
  )

/**
 * Every setting: its environment variable, type, default, range and meaning. The documentation's
 * table is generated from it.
 */
export const SETTINGS = Type.Object({
  NODE_ENV: choice('development', ['development', 'production', 'test'], 'Environment. Sets the default retention periods.'),
  HOST: Type.String({
    default: '127.0.0.1',
    minLength: 1,
    description: 'Address to listen on. The default accepts local connections only.',
  }),
  PORT: integer(8000, 0, 65535, 'Port to listen on. 0 takes any free port.'),
  ACCESS: Type.Optional(
    Type.Unsafe<'off' | 'keys'>(
      Type.String({
        enum: ['off', 'keys'],
        description:
          'Who may use the server: everyone who reaches it, or callers with a key. Unset: `off` if `HOST` is a loopback address, else `keys`. See [Security](security.md).',
      }),
    ),
  ),
  ALLOWED_HOSTS: Type.String({
    default: '',
    description:
      'Comma-separated names that the `Host` header may have beside `localhost` and loopback addresses. With keys, all names are accepted if it is unset.',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      format: 'networks',
      description:
        'Comma-separated addresses or CIDR ranges of proxies whose `X-Forwarded-For` is the address of the client. Unset: forwarding headers are ignored.',
    }),
  ),
  CORS_ORIGINS: Type.String({ default: '', description: 'Comma-separated origins whose web pages may use the API.' }),
  RATE_LIMIT_PER_MINUTE: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description:
        'Requests in a minute of a key without a rate of its own, or without a key of an address. 0 removes the limit. Unset: 300 with keys, none with `ACCESS=off`.',
    }),
  ),
  DATA_DIR: Type.String({
    default: 'data',
    minLength: 1,
    description: 'Folder of the database, the search index, the keys and the tokens.',
  }),
  LOG_DIR: Type.String({ default: 'logs', minLength: 1, description: 'Folder of the log files and the audit trail.' }),
  LOG_LEVEL: choice('INFO', ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], 'Minimum level that is logged.'),
  LOG_FORMAT: choice('text', ['text', 'json'], 'Format of log lines on the terminal. Log files are always JSON.'),
  LOG_MESSAGE_CONTENT: choice(
    'redacted',
    ['redacted', 'off', 'full'],
    'Text of messages and replies in the log: redacted, omitted or unchanged. Production refuses `full`.',
  ),
  OTEL_CAPTURE_CONTENT: choice('off', ['off', 'redacted'], 'Text of messages and replies in traces: omitted or redacted.'),
  LOG_REDACT_FIELDS: Type.String({
    default: '',
    description: 'Comma-separated names of fields whose values are redacted in the log, in addition to those of secrets.',
  }),
  LOG_TIMEZONE: Type.String({
    default: 'UTC',
    format: 'time-zone',
    description: 'Time zone whose midnight starts a new log file. Times in the log are always UTC.',
  }),
  LOG_MAX_FILE_MB: integer(100, 1, 10_240, 'Size (MiB) at which a log file is rotated.'),
  LOG_COMPRESS_AFTER_DAYS: integer(7, 1, 36_500, 'Age (days) at which a log file is compressed.'),
  LOG_STREAM_BUDGET_MB: integer(
    10_240,
    0,
    10_485_760,
    'Maximum total size (MiB) of the files of one log stream. The oldest files are deleted above it, except in the audit trail. 0 removes the limit.',
  ),
  LOG_RETENTION_DAYS_DEBUG: retention('DEBUG lines', '7, in production 3'),
  LOG_RETENTION_DAYS_INFO: retention('INFO lines', '30, in production 14'),
  LOG_RETENTION_DAYS_WARNING: retention('WARNING lines', '90, in production 365'),
  LOG_RETENTION_DAYS_ERROR: retention('ERROR and CRITICAL lines', '90, in production 365'),
  LOG_RETENTION_DAYS_AUDIT: retention('audit records', '2557 (seven years)'),
  TURN_RETENTION_DAYS: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 36_500, description: 'Age (days) at which the text of a turn is erased. Unset: kept.' }),
  ),
  FACT_RETENTION_DAYS: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 36_500, description: 'Age (days) at which all of a turn is deleted. Unset: kept.' }),
  ),
  PSEUDONYM_KEY: Type.Optional(
    Type.String({ minLength: 16, description: 'Secret key of the pseudonyms. Unset: generated once and stored in `DATA_DIR`.' }),
  ),
  MAX_SESSIONS: integer(10_000, 1, 10_000_000, 'Maximum number of open sessions.'),
  MAX_SESSIONS_PER_USER: integer(
    5,
    1,
    1000,
    'Maximum number of open sessions of a user. Above it, the longest idle session is closed.',
  ),
  MAX_SESSIONS_PER_CLIENT: integer(
    1000,
    1,
    10_000_000,
    'Open sessions of a client (the application of a key, or an address) that are safe from others. Above it, its oldest session without a message is closed, and its longest idle one if `MAX_SESSIONS` is reached.',
  ),
  SESSION_IDLE_TIMEOUT_S: integer(3600, 1, 31_536_000, 'Time without a message (seconds) after which a session expires.'),
  SESSION_CLEANUP_INTERVAL_S: integer(300, 1, 86_400, 'Interval (seconds) of the cleanup of expired sessions.'),
  SESSION_QUEUE_LIMIT: integer(16, 1, 1000, 'Maximum number of messages that wait in one session.'),
  SESSION_QUEUE_TIMEOUT_MS: integer(10_000, 1, 60_000, 'Time (ms) that a message waits in its session before it is refused.'),
  IDEMPOTENCY_TTL_S: integer(86_400, 1, 31_536_000, 'Time (seconds) for which an `Idempotency-Key` is stored.'),
  SLOW_QUERY_MS: integer(100, 1, 60_000, 'Duration (ms) above which a database operation is logged as slow.'),
  ANSWER_THRESHOLD: Type.Number({
    default: 0.4,
    minimum: 0,
    maximum: 1,
    description: 'Minimum confidence of an answer. Below it, the reply is "I don\'t know". 0 answers whatever is found.',
  }),
  ANSWER_LENGTH: integer(
    800,
    200,
    1200,
    'Length (characters) of an answer. Lists and code may exceed it by half, to stay whole.',
  ),
  ANSWER_WORKERS: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 64,
      description:
        'Worker threads that answer questions; each takes about 50 MB. 0 answers in the main thread. Unset: processor cores − 1.',
    }),
  ),
  TEXTS_FILE: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'YAML file with texts of replies that replace the built-in ones. See [Texts](texts.md).',
    }),
  ),
  MAX_CONNECTIONS: integer(
    4096,
    1,
    1_000_000,
    'Maximum number of open connections; further ones are closed at once. Lower if the process may open few files.',
  ),
  MAX_EVENT_LOOP_DELAY_MS: integer(1000, 0, 60_000, 'Event-loop delay (ms) above which requests get 503. 0 disables the check.'),
  MAX_HEAP_MB: integer(0, 0, 1_048_576, 'Heap size (MiB) above which requests get 503. 0 disables the check.'),
  SHUTDOWN_TIMEOUT_MS: integer(
    8000,
    1000,
    600_000,
    'Time limit (ms) of a stop, after which the process exits with 1. In Kubernetes, set it well below `terminationGracePeriodSeconds`.',
  ),
  DIAGNOSTIC_ROUTES: Type.Boolean({ default: false, description: 'Enables `GET /hello` and `GET /cause-error`.' }),
})

type Settings = Static<typeof SETTINGS>

/** The settings with names in camelCase: `MAX_SESSIONS` is `maxSessions`. */
export type Config = { readonly [Name in keyof Settings as CamelCase<Lowercase<Name & string>>]: Settings[Name] }

const validate = new Ajv({
  coerceTypes: true,
  useDefaults: true,
  removeAdditional: true,
  allErrors: true,
  formats: {
    'time-zone': name => canonicalTimeZone(name) !== undefined,
    networks: list => parseNetworks(list) !== undefined,
  },
}).compile<Settings>({
  ...SETTINGS,
  additionalProperties: false,
})

/**
 * Reads the settings from environment variables. An empty variable is unset.
 * @throws {ChatError} CONFIGURATION_INVALID with a line for each invalid variable: its value and
 * what is accepted.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const values: Record<string, unknown> = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  if (!validate(values)) {
    const problems = (validate.errors ?? []).map(error => explain(error, environment))
    throw new ChatError('CONFIGURATION_INVALID', { message: [...new Set(problems)].join('\n') })
  }
  const { NODE_ENV, LOG_MESSAGE_CONTENT, LOG_TIMEZONE }: Settings = values
  if (NODE_ENV === 'production' && LOG_MESSAGE_CONTENT === 'full') {
    throw new ChatError('CONFIGURATION_INVALID', {
      message: 'LOG_MESSAGE_CONTENT: "full" would log all messages unredacted in production. Use redacted or off.',
    })
  }
  const settings = { ...values, LOG_TIMEZONE: canonicalTimeZone(LOG_TIMEZONE) }
  return Object.freeze(
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [camelCase(name.toLowerCase()), value])),
  ) as Config
}

/** The accepted values of a setting in words: `an integer from 0 to 65535`. */
export function describeValues(schema: TSchema): string {
  const { type, minimum, maximum, minLength, format, enum: names } = schema as TSchema & Record<string, unknown>
  if (Array.isArray(names)) return `one of ${names.join(', ')}`
  if (type === 'integer') return `an integer from ${minimum} to ${maximum}`
  if (type === 'number') return `a number from ${minimum} to ${maximum}`
  if (type === 'boolean') return 'true or false'
  if (format === 'time-zone') return 'UTC or the name of a time zone, such as Europe/Berlin'
  if (format === 'networks') return 'addresses or CIDR ranges, separated by commas, such as 10.0.0.1,fd00::/8'
  return typeof minLength === 'number' && minLength > 1 ? `a string of at least ${minLength} characters` : 'a string'
}

function explain({ instancePath }: ErrorObject, environment: Readonly<Record<string, string | undefined>>): string {
  const name = instancePath.slice(1) as keyof Settings
  // The value of a secret is not printed.
  const value = name === 'PSEUDONYM_KEY' ? 'the value' : `"${environment[name]}"`
  return `${name}: ${value} is not valid. Use ${describeValues(SETTINGS.properties[name])}.`
}

/**
 * Returns the canonical name of a time zone, or undefined for an unknown name or an offset such as
 * `+02:00`. `Intl` also accepts offsets and any case, but the `TZ` variable reads those as UTC.
 * Only a canonical name means the same to both.
 */
function canonicalTimeZone(name: string): string | undefined {
  try {
    const { timeZone } = Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    return timeZone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(timeZone) ? timeZone : undefined
  } catch {
    // A RangeError: the name is not known.
    return undefined
  }
}

/**
 * Sets the local time zone, at whose midnight log files rotate, of this thread and of threads
 * started later.
 */
export function setTimeZone(name: string): void {
  process.env.TZ = name
}
