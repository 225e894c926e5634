import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../../worlds/until.ts'
import { startElasticsearch } from './elasticsearch.ts'
import { startLogged } from './log-lines.ts'
import { createRsyslog } from './rsyslog.ts'

const ROOT = join(import.meta.dirname, '../../..')
const ROUNDS = 12
const PAGE = readFileSync(join(ROOT, 'docs/integrations/elk.md'), 'utf8')
const OBJECTS = readFileSync(join(ROOT, 'otel/elk/kibana.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line))

t.test('queries, searches and charts for Kibana find in Elasticsearch what was sent', async t => {
  const elasticsearch = await startElasticsearch(t)
  const log = await startLogged(t)
  const rsyslog = createRsyslog(t, elasticsearch.url, log.logDir)
  rsyslog.start()
  const turns = await log.addTraffic(ROUNDS)
  await log.server.stop()
  const lines = log.lines()
  await until(async () => (await elasticsearch.count()) === lines.length)
  const countKql = (kql: string) => elasticsearch.count({ query_string: { query: toLucene(kql) } })

  await t.test('the searches of the manual and of Kibana', async t => {
    const slow = lines.filter(line => line.function === 'end_request' && Number(line.took_ms) > 2000).length
    const expected: Readonly<Record<string, number>> = {
      'turn_id : "TURN"': lines.filter(line => line.turn_id === turns[0]).length,
      'level : ("ERROR" or "CRITICAL")': ROUNDS,
      'function : "end_request" and took_ms > 2000': slow,
      'function : "end_request" and status >= 400': 2 * ROUNDS,
      'msg.keyword : "Bot response sent" and replayed : false': ROUNDS,
      'code : ("OVERLOADED" or "RATE_LIMITED")': 0,
    }
    const searches = OBJECTS.filter(({ type }) => type === 'search').map(
      ({ attributes }) => JSON.parse(attributes.kibanaSavedObjectMeta.searchSourceJSON).query.query as string,
    )
    const documented = [...PAGE.matchAll(/^\| .+ \| `(.+)` \|$/gm)].map(([, kql = '']) =>
      kql.replace(/turn_id : ".+"/, 'turn_id : "TURN"'),
    )
    t.ok(documented.length >= 4)
    for (const kql of [...searches, ...documented.filter(text => text.includes(' : '))])
      t.equal(await countKql(kql.replace('TURN', turns[0] ?? '')), expected[kql], kql)
  })

  await t.test('the charts of the dashboard: each field can be counted', async t => {
    const dashboard = OBJECTS.find(({ type }) => type === 'dashboard')
    for (const { embeddableConfig } of JSON.parse(dashboard.attributes.panelsJSON)) {
      if (embeddableConfig.attributes === undefined) continue
      const { state, title } = embeddableConfig.attributes
      const [layer] = Object.values(state.datasourceStates.formBased.layers) as { columns: Record<string, Column> }[]
      for (const { operationType, sourceField } of Object.values(layer?.columns ?? {})) {
        const aggregation = AGGREGATIONS[operationType]?.(sourceField)
        if (aggregation === undefined) continue
        const { status, body } = await elasticsearch.ask('POST', 'chatbot-logs-*/_search', {
          size: 0,
          query: { query_string: { query: toLucene(state.query.query) } },
          aggs: { found: aggregation },
        })
        t.equal(status, 200, JSON.stringify(body.error))
        const { buckets, values } = (body.aggregations as { found: { buckets?: unknown[]; values?: Record<string, number> } })
          .found
        t.ok(
          buckets === undefined ? Number(values?.['95.0']) > 0 : buckets.length > 0,
          `${title}: ${operationType} of ${sourceField}`,
        )
      }
    }
  })

  await t.test('the queries in ES|QL use fields of the log (checked by format only)', async t => {
    const queries = [...PAGE.matchAll(/^FROM chatbot-logs-\*[^`]+?(?=\n```|\n\n)/gm)].map(([query]) => query)
    t.ok(queries.length >= 2)
    const fields = new Set(['@timestamp', ...lines.flatMap(Object.keys)])
    for (const query of queries) {
      const [source, ...commands] = query.split(/\s*\|\s*/)
      t.equal(source, 'FROM chatbot-logs-*')
      for (const command of commands) t.match(command, /^(WHERE|STATS|EVAL|KEEP|SORT|LIMIT) \S/, command)
      for (const [, field = ''] of query.matchAll(/(?:WHERE|AND|BY|PERCENTILE\() ?([a-z_@.]+)/g))
        t.ok(fields.has(field.replace('.keyword', '')) || new RegExp(`\\b${field} = `).test(query), field)
    }
  })
})

t.test('the manual installs each file of otel/elk/elasticsearch', async t => {
  const files = globSync('**/*.json', { cwd: join(ROOT, 'otel/elk/elasticsearch') })
  const patterns = /for FILE in (.+); do/.exec(PAGE)?.[1]?.split(' ') ?? []
  t.same(patterns.flatMap(pattern => globSync(pattern, { cwd: join(ROOT, 'otel/elk/elasticsearch') })).sort(), files.sort())
})

interface Column {
  readonly operationType: string
  readonly sourceField: string
}

const AGGREGATIONS: Readonly<Record<string, (field: string) => object>> = {
  date_histogram: field => ({ date_histogram: { field, fixed_interval: '1m' } }),
  terms: field => ({ terms: { field } }),
  percentile: field => ({ percentiles: { field, percents: [95] } }),
}

/** Translates the part of KQL that is used here to the syntax of Elasticsearch's query_string. */
function toLucene(kql: string): string {
  return kql
    .replace(/ : /g, ':')
    .replace(/ (>=|>) (\d+)/g, ':$1$2')
    .replace(/ (and|or) /g, (_all, word: string) => ` ${word.toUpperCase()} `)
}
