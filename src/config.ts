import { Ajv, type ErrorObject } from 'ajv'
import Type, { type Static, type TSchema } from 'typebox'
import { ChatError } from './errors.ts'

const integer = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description })
const choice = <const Name extends string>(fallback: Name, names: readonly Name[], description: string) =>
  Type.Unsafe<Name>(Type.String({ enum: [...names], default: fallback, description }))

const keepDays = (what: string, days: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500, description: `Days for which ${what} are kept. Unset: ${days}.` }))

/** Every setting: its environment variable, type, default, bounds and meaning. The table in docs/configuration.md is checked against it. */
export const SETTINGS = Type.Object({
  NODE_ENV: choice('development', ['development', 'production', 'test'], 'What the server is run for.'),
  HOST: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address to listen on; loopback unless told otherwise.' }),
  PORT: integer(8000, 0, 65535, 'Port to listen on; 0 takes any free one.'),
  DATA_DIR: Type.String({ default: 'data', minLength: 1, description: 'Folder of the database, the search index and the keys.' }),
  LOG_DIR: Type.String({ default: 'logs', minLength: 1, description: 'Folder of the log files.' }),
  LOG_LEVEL: choice('INFO', ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], 'Least level that is logged.'),
  LOG_FORMAT: choice('text', ['text', 'json'], 'How log lines look on the terminal; the files hold JSON.'),
  LOG_MESSAGE_CONTENT: choice(
    'redacted',
    ['redacted', 'off', 'full'],
    'What the log holds of messages and replies: their redacted text, nothing, or the text as it is, which production refuses.',
  ),
  OTEL_CAPTURE_CONTENT: choice(
    'off',
    ['off', 'redacted'],
    'What traces hold of messages and replies: nothing, or their redacted text.',
  ),
  LOG_REDACT_FIELDS: Type.String({
    default: '',
    description: 'Names of fields, separated by commas, whose values the log never shows, besides those of secrets.',
  }),
  LOG_TIMEZONE: Type.String({
    default: 'UTC',
    format: 'time-zone',
    description: 'Time zone at whose midnight a new log file begins; the times in the log are UTC all the same.',
  }),
  LOG_MAX_FILE_MB: integer(100, 1, 10_240, 'Size in MiB at which a log file is followed by the next.'),
  LOG_COMPRESS_AFTER_DAYS: integer(7, 1, 36_500, 'Days after which a log file is compressed.'),
  LOG_STREAM_BUDGET_MB: integer(
    10_240,
    0,
    10_485_760,
    'What the files of one log stream may hold together, in MiB; beyond it the oldest go before their time. 0 for no bound; never the audit trail.',
  ),
  LOG_RETENTION_DAYS_DEBUG: keepDays('lines of level DEBUG', '7, in production 3'),
  LOG_RETENTION_DAYS_INFO: keepDays('lines of level INFO', '30, in production 14'),
  LOG_RETENTION_DAYS_WARNING: keepDays('lines of level WARNING', '90, in production 365'),
  LOG_RETENTION_DAYS_ERROR: keepDays('lines of levels ERROR and CRITICAL', '90, in production 365'),
  LOG_RETENTION_DAYS_AUDIT: keepDays('records of the audit trail', '2557, which is seven years'),
  PSEUDONYM_KEY: Type.Optional(
    Type.String({ minLength: 16, description: 'Secret that turns user ids into pseudonyms. Unset: made once, in `DATA_DIR`.' }),
  ),
  MAX_SESSIONS: integer(10_000, 1, 10_000_000, 'Open sessions in all.'),
  MAX_SESSIONS_PER_USER: integer(5, 1, 1000, 'Open sessions of one user; a further one closes the longest idle.'),
  SESSION_IDLE_TIMEOUT_S: integer(3600, 1, 31_536_000, 'Seconds without a message after which a session expires.'),
  SESSION_CLEANUP_INTERVAL_S: integer(300, 1, 86_400, 'Seconds between two runs of the cleanup of expired sessions.'),
  SESSION_QUEUE_LIMIT: integer(16, 1, 1000, 'Messages of one session that may wait for the one being answered.'),
  SESSION_QUEUE_TIMEOUT_MS: integer(10_000, 1, 60_000, 'Milliseconds that a message waits for its turn before it is refused.'),
  IDEMPOTENCY_TTL_S: integer(86_400, 1, 31_536_000, 'Seconds for which an `Idempotency-Key` is remembered.'),
  SLOW_QUERY_MS: integer(100, 1, 60_000, 'Milliseconds from which on a database operation is logged as slow.'),
  ANSWER_THRESHOLD: Type.Number({
    default: 0.4,
    minimum: 0,
    maximum: 1,
    description: 'Least confidence of an answer; below it the reply is "I don\'t know".',
  }),
  MAX_EVENT_LOOP_DELAY_MS: integer(1000, 0, 60_000, 'Event-loop delay from which on requests are refused with 503; 0 never.'),
  MAX_HEAP_MB: integer(0, 0, 1_048_576, 'Heap size in MiB from which on requests are refused with 503; 0 never.'),
  DIAGNOSTIC_ROUTES: Type.Boolean({ default: false, description: 'Whether `GET /hello` and `GET /cause-error` exist.' }),
})

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>

type Settings = Static<typeof SETTINGS>

/** The settings as the code knows them: `MAX_SESSIONS` is `maxSessions`. */
export type Config = { readonly [Name in keyof Settings as CamelCase<Name & string>]: Settings[Name] }

const validate = new Ajv({
  coerceTypes: true,
  useDefaults: true,
  removeAdditional: true,
  allErrors: true,
  formats: { 'time-zone': isTimeZone },
}).compile<Settings>({
  ...SETTINGS,
  additionalProperties: false,
})

/**
 * Reads the settings from the environment; an empty variable counts as unset.
 * @throws {ChatError} CONFIGURATION_INVALID that names each wrong variable, what is wrong with its value and what would be right.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const values: Record<string, unknown> = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  if (!validate(values)) {
    throw new ChatError('CONFIGURATION_INVALID', {
      message: (validate.errors ?? []).map(error => explain(error, environment)).join('\n'),
    })
  }
  const { NODE_ENV, LOG_MESSAGE_CONTENT }: Settings = values
  if (NODE_ENV === 'production' && LOG_MESSAGE_CONTENT === 'full') {
    throw new ChatError('CONFIGURATION_INVALID', {
      message:
        'LOG_MESSAGE_CONTENT: "full" would write what people say into the log of production; right would be redacted or off',
    })
  }
  return Object.freeze(Object.fromEntries(Object.entries(values).map(([name, value]) => [toCamelCase(name), value]))) as Config
}

/** What a setting takes, in words: `an integer from 0 to 65535`. */
export function describeValues(schema: TSchema): string {
  const { type, minimum, maximum, minLength, format, enum: names } = schema as TSchema & Record<string, unknown>
  if (Array.isArray(names)) return `one of ${names.join(', ')}`
  if (type === 'integer') return `an integer from ${minimum} to ${maximum}`
  if (type === 'number') return `a number from ${minimum} to ${maximum}`
  if (type === 'boolean') return 'true or false'
  if (format === 'time-zone') return 'the name of a time zone, such as Europe/Berlin'
  return typeof minLength === 'number' && minLength > 1 ? `a text of at least ${minLength} characters` : 'a text'
}

function explain(error: ErrorObject, environment: Readonly<Record<string, string | undefined>>): string {
  const name = error.instancePath.slice(1) as keyof Settings
  // A secret's value stays out of the terminal and the log.
  const value = name === 'PSEUDONYM_KEY' ? 'its value' : `"${environment[name]}"`
  return `${name}: ${value} ${error.message}; right would be ${describeValues(SETTINGS.properties[name])}`
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    // A RangeError is how the system says that there is no such zone.
    return false
  }
}

/** Has local time, at whose midnight the log files rotate, be that of a time zone, in this thread and in those started later. */
export function setTimeZone(name: string): void {
  process.env.TZ = name
}

function toCamelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
