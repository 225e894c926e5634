import t from 'tap'
import { describeValues, loadConfig, SETTINGS } from '../../src/config.ts'
import { ChatError } from '../../src/errors.ts'

const SCHEMAS: readonly (readonly [string, Record<string, unknown>])[] = Object.entries(SETTINGS.properties).map(
  ([name, schema]) => [name, { ...schema }],
)

function camelCase(name: string): string {
  const [first = '', ...rest] = name.toLowerCase().split('_')
  return first + rest.map(word => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
}

/** The lines of the error that refuses these settings. */
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
    pseudonymKey: undefined,
    maxSessions: 10_000,
  })
})

t.test('an empty variable is an unset one, and a variable of somebody else is none of ours', async t => {
  const empty = Object.fromEntries(SCHEMAS.map(([name]) => [name, '']))
  t.same(loadConfig({ ...empty, SHELL: '/bin/sh', port: '1', __proto__: 'x', constructor: 'x' }), loadConfig({}))
})

t.test('every number is taken at its bounds, and refused beyond them with the range that is right', async t => {
  for (const [name, schema] of SCHEMAS.filter(([, { type }]) => type === 'integer' || type === 'number')) {
    const { minimum, maximum } = schema as { minimum: number; maximum: number }
    for (const value of [minimum, maximum])
      t.equal((loadConfig({ [name]: String(value) }) as Record<string, unknown>)[camelCase(name)], value, `${name}=${value}`)
    for (const value of [minimum - 1, maximum + 1, 'ten', '0x', 'true', 'NaN', '1,5', '8000 # the usual']) {
      const [problem, ...others] = problemsOf({ [name]: String(value) })
      t.match(
        problem,
        new RegExp(`^${name}: "${value}" must be .*; right would be an? (integer|number) from ${minimum} to ${maximum}$`),
      )
      t.same(others, [])
    }
    if (schema.type === 'integer') t.match(problemsOf({ [name]: `${minimum}.5` }), [/must be integer/], name)
  }
})

t.test('every choice takes its names to the letter, and names them all where it refuses', async t => {
  for (const [name, schema] of SCHEMAS.filter(([, schema]) => Array.isArray(schema.enum))) {
    const names = schema.enum as string[]
    for (const value of names) t.same(problemsOf({ [name]: value }), [], `${name}=${value}`)
    for (const value of [names[0]?.toUpperCase() === names[0] ? names[0]?.toLowerCase() : names[0]?.toUpperCase(), 'other'])
      t.match(problemsOf({ [name]: String(value) }), [new RegExp(`^${name}: "${value}" .*one of ${names.join(', ')}$`)])
  }
})

t.test('a switch is true or false and nothing like it', async t => {
  t.equal(loadConfig({ DIAGNOSTIC_ROUTES: 'true' }).diagnosticRoutes, true)
  t.equal(loadConfig({ DIAGNOSTIC_ROUTES: 'false' }).diagnosticRoutes, false)
  for (const value of ['1', '0', 'yes', 'TRUE'])
    t.match(problemsOf({ DIAGNOSTIC_ROUTES: value }), [/^DIAGNOSTIC_ROUTES: .* right would be true or false$/], value)
})

t.test('all that is wrong is told at once, a line each', async t => {
  const problems = problemsOf({ PORT: 'x', LOG_LEVEL: 'loud', MAX_SESSIONS: '0', HOST: '::1' })
  t.same(
    problems.map(line => line.split(':', 1)[0]),
    ['PORT', 'LOG_LEVEL', 'MAX_SESSIONS'],
  )
})

t.test('a secret is not repeated where it is refused', async t => {
  const problems = problemsOf({ PSEUDONYM_KEY: 'hunter2' })
  t.match(problems, [/^PSEUDONYM_KEY: its value .*; right would be a text of at least 16 characters$/])
  t.notMatch(problems.join(), 'hunter2')
  t.equal(loadConfig({ PSEUDONYM_KEY: 'x'.repeat(16) }).pseudonymKey, 'x'.repeat(16))
})

t.test('what was loaded cannot be changed, and loading changes nothing', async t => {
  const environment = Object.freeze({ PORT: '1', OTHER: 'x' })
  const config = loadConfig(environment)
  t.throws(() => Object.assign(config, { port: 2 }), TypeError)
  t.not('other' in config, true)
})

t.test('every setting says what it is for and what it takes', async t => {
  for (const [name, schema] of SCHEMAS) {
    t.match(schema.description, /^[A-Z].*\.$/, name)
    t.match(describeValues(schema), /^(one of|an integer from|a number from|true or false|a text|the name of)/, name)
  }
})
