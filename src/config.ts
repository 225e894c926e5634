import { Ajv, type ErrorObject } from 'ajv'
import { type CamelCase, camelCase } from './base/camel-case.ts'
import type { Static, TSchema } from './base/json-schema.ts'
import { parseNetworks } from './base/networks.ts'
import { ChatError } from './errors.ts'
import { isSecretSetting, SETTINGS } from './settings.ts'

/** The environment variables, for what the settings refer to, such as secrets. */
export const environment: Readonly<Record<string, string | undefined>> = process.env

type Settings = Static<typeof SETTINGS>

/** The settings with names in camelCase: `MAX_SESSIONS` is `maxSessions`. */
export type Config = { readonly [Name in keyof Settings as CamelCase<Lowercase<Name & string>>]: Settings[Name] }

/** The shortest secret that is not easily guessed. */
const MIN_SECRET_CHARS = 16
/** At least 128 bits. */
const BASE64_SECRET = /^[\w+/-]{22,}={0,2}$/
/** What `setWebhook` of Telegram takes, and long enough. */
const TELEGRAM_SECRET = /^[\w-]{16,256}$/
const AZURE_CONNECTION = /(^|;)\s*InstrumentationKey=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(;|$)/

const validate = new Ajv({
  coerceTypes: true,
  useDefaults: true,
  removeAdditional: true,
  allErrors: true,
  formats: {
    'time-zone': name => canonicalTimeZone(name) !== undefined,
    networks: list => parseNetworks(list) !== undefined,
    'azure-connection': AZURE_CONNECTION,
    secrets: list => list.split(',').every(secret => secret.trim().length >= MIN_SECRET_CHARS),
    'base64-secrets': list => list.split(',').every(secret => BASE64_SECRET.test(secret.trim())),
    'telegram-secrets': list => list.split(',').every(secret => TELEGRAM_SECRET.test(secret.trim())),
    // An organisation of Sentry may be part of the path.
    'sentry-dsn': text => {
      const { protocol = '', username = '', pathname = '' } = URL.parse(text) ?? {}
      return /^https?:$/.test(protocol) && username !== '' && /\/\d+$/.test(pathname)
    },
    'web-address': text => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
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
  const { NODE_ENV, LOG_MESSAGE_CONTENT, LOG_TIMEZONE, APPLICATIONINSIGHTS_CONNECTION_STRING }: Settings = values
  if (NODE_ENV === 'production' && LOG_MESSAGE_CONTENT === 'full') {
    throw new ChatError('CONFIGURATION_INVALID', {
      message: 'LOG_MESSAGE_CONTENT: "full" would log all messages unredacted in production. Use redacted or off.',
    })
  }
  if (APPLICATIONINSIGHTS_CONNECTION_STRING !== undefined && LOG_MESSAGE_CONTENT === 'full') {
    throw new ChatError('CONFIGURATION_INVALID', {
      message:
        'LOG_MESSAGE_CONTENT: "full" would send all messages unredacted to Azure. Use redacted or off, or unset APPLICATIONINSIGHTS_CONNECTION_STRING.',
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
  if (format === 'azure-connection')
    return 'the form InstrumentationKey=KEY;IngestionEndpoint=https://…, as the portal of Azure shows it'
  if (format === 'sentry-dsn') return 'an address such as https://KEY@sentry.example.com/1'
  if (format === 'web-address') return 'an address such as https://chat.example.com'
  if (format === 'secrets') return `a string of at least ${MIN_SECRET_CHARS} characters, or several, separated by commas`
  if (format === 'base64-secrets') return 'a string in base64 of at least 16 bytes, or several, separated by commas'
  if (format === 'telegram-secrets') return 'a string of 16 to 256 letters, digits, `_` and `-`, or several, separated by commas'
  if (format === 'networks') return 'addresses or CIDR ranges, separated by commas, such as 10.0.0.1,fd00::/8'
  return typeof minLength === 'number' && minLength > 1 ? `a string of at least ${minLength} characters` : 'a string'
}

function explain({ instancePath }: ErrorObject, environment: Readonly<Record<string, string | undefined>>): string {
  const name = instancePath.slice(1) as keyof Settings
  const value = isSecretSetting(name) ? 'the value' : `"${environment[name]}"`
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
