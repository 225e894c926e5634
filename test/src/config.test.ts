import t from 'tap'
import { describeValues, loadConfig, setTimeZone } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'
import { dayOf } from '../../src/logging/retention/log-day.ts'
import { SETTINGS } from '../../src/settings.ts'

const SCHEMAS: readonly (readonly [string, Record<string, unknown>])[] = Object.entries(SETTINGS.properties).map(
  ([name, schema]) => [name, { ...schema }],
)

function camelCase(name: string): string {
  const [first = '', ...rest] = name.toLowerCase().split('_')
  return first + rest.map(word => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
}

/** The lines of the error about invalid settings. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment)
  } catch (error) {
    if (error instanceof ChatError && error.code === 'CONFIGURATION_INVALID') return error.message.split('\n')
    throw error
  }
  return []
}

t.test('with nothing set, every setting has its default', async t => {
  const config: Record<string, unknown> = { ...loadConfig({}) }
  for (const [name, schema] of SCHEMAS) t.equal(config[camelCase(name)], schema.default, name)
  t.match(config, {
    host: '127.0.0.1',
    port: 8000,
    dataDir: 'data',
    logDir: 'logs',
    turnRetentionDays: undefined,
    factRetentionDays: undefined,
    pseudonymKey: undefined,
    maxSessions: 10_000,
  })
})

t.test('an empty variable is unset, and other variables are ignored', async t => {
  const empty = Object.fromEntries(SCHEMAS.map(([name]) => [name, '']))
  t.same(loadConfig({ ...empty, SHELL: '/bin/sh', port: '1', __proto__: 'x', constructor: 'x' }), loadConfig({}))
})

t.test('every number is accepted at its bounds and refused beyond them, with the range', async t => {
  for (const [name, schema] of SCHEMAS.filter(([, { type }]) => type === 'integer' || type === 'number')) {
    const { minimum, maximum } = schema as { minimum: number; maximum: number }
    for (const value of [minimum, maximum])
      t.equal((loadConfig({ [name]: String(value) }) as Record<string, unknown>)[camelCase(name)], value, `${name}=${value}`)
    for (const value of [minimum - 1, maximum + 1, 'ten', '0x', 'true', 'NaN', '1,5', '8000 # the usual']) {
      const [problem, ...others] = problemsOf({ [name]: String(value) })
      t.match(
        problem,
        new RegExp(`^${name}: "${value}" is not valid\\. Use an? (integer|number) from ${minimum} to ${maximum}\\.$`),
      )
      t.same(others, [])
    }
    if (schema.type === 'integer') t.match(problemsOf({ [name]: `${minimum}.5` }), [/is not valid\. Use an integer/], name)
  }
})

t.test('every choice accepts its exact names, and lists them when it refuses another', async t => {
  for (const [name, schema] of SCHEMAS.filter(([, schema]) => Array.isArray(schema.enum))) {
    const names = schema.enum as string[]
    for (const value of names) t.same(problemsOf({ [name]: value }), [], `${name}=${value}`)
    for (const value of [names[0]?.toUpperCase() === names[0] ? names[0]?.toLowerCase() : names[0]?.toUpperCase(), 'other'])
      t.match(problemsOf({ [name]: String(value) }), [new RegExp(`^${name}: "${value}" .*one of ${names.join(', ')}\\.$`)])
  }
})

t.test('a switch accepts true and false only', async t => {
  t.equal(loadConfig({ DIAGNOSTIC_ROUTES: 'true' }).diagnosticRoutes, true)
  t.equal(loadConfig({ DIAGNOSTIC_ROUTES: 'false' }).diagnosticRoutes, false)
  for (const value of ['1', '0', 'yes', 'TRUE'])
    t.match(problemsOf({ DIAGNOSTIC_ROUTES: value }), [/^DIAGNOSTIC_ROUTES: .* Use true or false\.$/], value)
})

t.test('all invalid settings are reported together, one line each', async t => {
  const problems = problemsOf({ PORT: 'x', LOG_LEVEL: 'loud', MAX_SESSIONS: '0', HOST: '::1' })
  t.same(
    problems.map(line => line.split(':', 1)[0]),
    ['PORT', 'LOG_LEVEL', 'MAX_SESSIONS'],
  )
})

t.test('the value of an invalid secret is not reported', async t => {
  const problems = problemsOf({ PSEUDONYM_KEY: 'hunter2' })
  t.match(problems, [/^PSEUDONYM_KEY: the value .* Use a string of at least 16 characters\.$/])
  t.notMatch(problems.join(), 'hunter2')
  t.equal(loadConfig({ PSEUDONYM_KEY: 'x'.repeat(16) }).pseudonymKey, 'x'.repeat(16))
})

t.test('a connection string without a key is refused without its value, and full texts are not sent to Azure', async t => {
  const name = 'APPLICATIONINSIGHTS_CONNECTION_STRING'
  t.match(problemsOf({ [name]: 'InstrumentationKey=hunter2' }), [
    /^APPLICATIONINSIGHTS_CONNECTION_STRING: the value is not valid\. Use the form/,
  ])
  const connection = 'InstrumentationKey=11111111-2222-3333-4444-555555555555;IngestionEndpoint=https://example.com/'
  t.equal(loadConfig({ [name]: connection }).applicationinsightsConnectionString, connection)
  t.match(problemsOf({ [name]: connection, LOG_MESSAGE_CONTENT: 'full' }), [/"full" would send all messages unredacted to Azure/])
})

t.test('secrets of webhooks are long, and several are separated by commas', async t => {
  for (const name of [
    'WEBHOOK_SLACK_SECRET',
    'WEBHOOK_TELEGRAM_SECRET',
    'WEBHOOK_TEAMS_SECRET',
    'WEBHOOK_GENERIC_SECRET',
    'WEBHOOK_SLACK_TOKEN',
  ]) {
    const problems = problemsOf({ [name]: 'hunter2' })
    t.match(problems, [new RegExp(`^${name}: the value is not valid\\. Use a string`)])
    t.notMatch(problems.join(), 'hunter2')
  }
  const token = `${'x'.repeat(43)}=`
  t.equal(loadConfig({ WEBHOOK_TEAMS_SECRET: `${token}, ${token}` }).webhookTeamsSecret, `${token}, ${token}`)
  for (const list of [`${token},`, `${token},short`, 'not base64, which has no spaces'])
    t.equal(problemsOf({ WEBHOOK_TEAMS_SECRET: list }).length, 1, list)
  const longest = `${'aZ_-09'.repeat(42)}1234`
  t.equal(loadConfig({ WEBHOOK_TELEGRAM_SECRET: `${longest}, ${token.slice(0, 16)}` }).webhookTelegramSecret?.length, 274)
  for (const list of [`${longest}5`, 'letters, digits and no spaces', 'a.dot.is.no.letter.of.it', `${longest},`])
    t.equal(problemsOf({ WEBHOOK_TELEGRAM_SECRET: list }).length, 1, list)
})

t.test('the address of Sentry needs a key and a project, and is not printed', async t => {
  for (const dsn of ['https://0123abcd@sentry.example.com/1', 'http://k@127.0.0.1:8000/team/42'])
    t.equal(loadConfig({ SENTRY_DSN: dsn }).sentryDsn, dsn)
  for (const dsn of [
    '0123abcd',
    'https://sentry.example.com/1',
    'https://0123abcd@sentry.example.com/',
    'ftp://0123abcd@a.example/1',
  ])
    t.match(problemsOf({ SENTRY_DSN: dsn }), [/^SENTRY_DSN: the value is not valid\. Use an address such as https:\/\/KEY@/])
})

t.test('the configuration is frozen, and loading it does not change the environment', async t => {
  const environment = Object.freeze({ PORT: '1', OTHER: 'x' })
  const config = loadConfig(environment)
  t.throws(() => Object.assign(config, { port: 2 }), TypeError)
  t.not('other' in config, true)
})

t.test('every setting has a description and accepted values', async t => {
  for (const [name, schema] of SCHEMAS) {
    t.match(schema.description, /^[A-Z].*\.$/, name)
    t.match(
      describeValues(schema),
      /^(one of|an integer from|a number from|true or false|a string|addresses or|an address such as|UTC or|the form)/,
      name,
    )
  }
})

t.test('a time zone is accepted only by a name that Intl and the TZ variable read alike', async t => {
  for (const zone of ['+02:00', '-0530', 'Etc/GMT+5', 'Mars/Olympus', 'local'])
    t.match(problemsOf({ LOG_TIMEZONE: zone }), [/^LOG_TIMEZONE: .* is not valid\. Use UTC or the name of a time zone/], zone)
  const { TZ } = process.env
  t.teardown(() => (TZ === undefined ? delete process.env.TZ : setTimeZone(TZ)))
  for (const zone of ['UTC', 'utc', 'GMT', 'Europe/Berlin', 'europe/berlin', 'Asia/Kolkata', 'asia/kolkata', 'US/Eastern']) {
    const { logTimezone } = loadConfig({ LOG_TIMEZONE: zone })
    setTimeZone(logTimezone)
    // 30 minutes after midnight in one zone is another day in most others.
    for (let hour = 0; hour < 48; hour++) {
      const time = new Date(Date.UTC(2026, 6, 1, hour, 30))
      const localDay = [time.getFullYear(), time.getMonth() + 1, time.getDate()]
        .map(part => String(part).padStart(2, '0'))
        .join('-')
      if (dayOf(time.getTime(), logTimezone) !== localDay) t.fail(`${zone}: ${time.toISOString()} is ${localDay} by TZ`)
    }
    t.equal(dayOf(0, logTimezone), dayOf(0, zone), `${zone} is the zone that was asked for`)
  }
})
