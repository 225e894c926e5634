import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { say, startServer } from '../../worlds/server-world.ts'
import type { Envelope } from './envelope.ts'
import { startIngestion } from './ingestion.ts'

const FOLDER = join(import.meta.dirname, '../../../otel/azure/queries')
const PAGE = join(import.meta.dirname, '../../../docs/integrations/azure.md')

type Column = (envelope: Envelope) => unknown

/** Columns of every table, and where ingestion takes them from. */
const COMMON: Readonly<Record<string, Column>> = {
  timestamp: ({ time }) => time,
  itemType: ({ data }) => data.baseType,
  operation_Id: ({ tags }) => tags['ai.operation.id'],
  operation_ParentId: ({ tags }) => tags['ai.operation.parentId'],
  session_Id: ({ tags }) => tags['ai.session.id'],
  user_Id: ({ tags }) => tags['ai.user.id'],
  cloud_RoleInstance: ({ tags }) => tags['ai.cloud.roleInstance'],
  application_Version: ({ tags }) => tags['ai.application.ver'],
  customDimensions: ({ data }) => data.baseData.properties,
}
const field =
  (name: keyof Envelope['data']['baseData']): Column =>
  ({ data }) =>
    data.baseData[name]
const TABLES: Readonly<Record<string, { readonly baseType: string; readonly columns: Readonly<Record<string, Column>> }>> = {
  requests: {
    baseType: 'RequestData',
    columns: { name: field('name'), duration: field('duration'), success: field('success'), resultCode: field('responseCode') },
  },
  dependencies: {
    baseType: 'RemoteDependencyData',
    columns: {
      name: field('name'),
      duration: field('duration'),
      success: field('success'),
      type: field('type'),
      target: field('target'),
    },
  },
  exceptions: {
    baseType: 'ExceptionData',
    columns: { type: ({ data }) => data.baseData.exceptions?.[0]?.typeName, severityLevel: field('severityLevel') },
  },
  traces: { baseType: 'MessageData', columns: { message: field('message'), severityLevel: field('severityLevel') } },
  customEvents: { baseType: 'EventData', columns: { name: field('name') } },
  customMetrics: {
    baseType: 'MetricData',
    columns: { name: ({ data }) => data.baseData.metrics?.[0]?.name, valueSum: ({ data }) => data.baseData.metrics?.[0]?.value },
  },
}
const WORDS = /^(where|summarize|extend|project|join|kind|inner|on|union|by|order|asc|desc|and|or|in|ago)$/
/** Texts that a reader replaces, and units of time. */
const PLACEHOLDER = /^[A-Z_]+_ID$/

t.test('each table, column, custom dimension and name in the queries is sent', async t => {
  const ingestion = await startIngestion(t)
  const server = await startServer(t, { ...ingestion.environment, DIAGNOSTIC_ROUTES: 'true' })
  await say(server.address, 'How do I configure logging?', { user_id: 'ada' })
  await fetch(`${server.address}/cause-error`)
  await server.stop()

  const queries = globSync('**/*.kql', { cwd: FOLDER }).map(file => ({ file, text: readFileSync(join(FOLDER, file), 'utf8') }))
  const inPage = [...readFileSync(PAGE, 'utf8').matchAll(/```kusto\n(.+?)```/gs)].map(([, text = '']) => ({
    file: 'azure.md',
    text,
  }))
  t.ok(inPage.length > 0)
  for (const { file, text } of [...queries, ...inPage]) {
    const query = text.replace(/^\/\/.*$/gm, '')
    const tables = Object.keys(TABLES).filter(table => new RegExp(`\\b${table}\\b`).test(query))
    t.ok(tables.length > 0, `${file} reads a table`)
    const rows = tables.flatMap(table => rowsOf(ingestion.envelopes, table))
    for (const name of dimensionsIn(query))
      t.ok(
        rows.some(({ data }) => data.baseData.properties?.[name] !== undefined),
        `${file}: the dimension ${name}`,
      )
    for (const column of columnsIn(query))
      t.ok(
        tables.some(table => isSent(ingestion.envelopes, table, column)),
        `${file}: the column ${column}`,
      )
    for (const [column, value] of comparisonsIn(query).filter(([, value]) => !PLACEHOLDER.test(value)))
      t.ok(
        tables.some(table => rowsOf(ingestion.envelopes, table).some(row => columnOf(table, column)?.(row) === value)),
        `${file}: ${column} has the value ${value}`,
      )
  }
})

t.test('the check finds a column, a dimension and a name that are not sent', async t => {
  t.same(columnsIn('requests | where nonesuch == 1 | summarize a = max(duration) by b = name | project a, b'), [
    'nonesuch',
    'duration',
    'name',
  ])
  t.same(dimensionsIn("traces | where customDimensions.nonesuch == '' or customDimensions['a.b'] == ''"), ['nonesuch', 'a.b'])
  t.same(comparisonsIn("customMetrics | where name in ('a', 'b') and name == 'c'"), [
    ['name', 'a'],
    ['name', 'b'],
    ['name', 'c'],
  ])
  t.notOk(isSent([], 'requests', 'name'))
  t.notOk(columnOf('requests', 'nonesuch'))
})

function rowsOf(envelopes: readonly Envelope[], table: string): readonly Envelope[] {
  return envelopes.filter(({ data }) => data.baseType === TABLES[table]?.baseType)
}

function columnOf(table: string, column: string): Column | undefined {
  return TABLES[table]?.columns[column] ?? COMMON[column]
}

function isSent(envelopes: readonly Envelope[], table: string, column: string): boolean {
  const read = columnOf(table, column)
  return read !== undefined && rowsOf(envelopes, table).some(row => read(row) !== undefined)
}

function dimensionsIn(query: string): readonly string[] {
  return [...query.matchAll(/customDimensions(?:\.(\w+)|\['(.+?)'\])/g)].map(([, plain, quoted]) => plain ?? quoted ?? '')
}

/** Names of columns: words that are no function, text, operator, table, dimension or new name. */
function columnsIn(query: string): readonly string[] {
  const bare = query.replace(/customDimensions(\.\w+|\['.+?'\])/g, 'customDimensions').replace(/'.*?'/g, "''")
  const made = new Set([...bare.matchAll(/\b(\w+) = /g)].map(([, name = '']) => name))
  const words = [...bare.matchAll(/(?<![\w.])[a-zA-Z_]\w*\b(?!\()/g)].map(([word]) => word)
  return [...new Set(words)].filter(
    word => !made.has(word) && !WORDS.test(word) && !(word in TABLES) && !/^(true|false)$/.test(word),
  )
}

/** Texts that a column is compared with. */
function comparisonsIn(query: string): readonly (readonly [string, string])[] {
  return [...query.matchAll(/\b(\w+) (?:== ('.*?')|in \((.*?)\))/g)].flatMap(([, column = '', one, several = '']) =>
    [...(one ?? several).matchAll(/'(.*?)'/g)].map(([, value = '']) => [column, value] as const),
  )
}
