import { globSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import t from 'tap'
import { say, startServer } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { FILTERS, FOLDER, matchesPattern, resourcesOf } from './aws-template.ts'

const { logs: AGENT } = JSON.parse(readFileSync(join(FOLDER, 'cloudwatch-agent.json'), 'utf8'))
const { prometheus: SCRAPED } = AGENT.metrics_collected
/** Names of the series that the agent scrapes. */
const SERIES: readonly string[] = SCRAPED.emf_processor.metric_declaration.flatMap(
  ({ metric_selectors }: { readonly metric_selectors: readonly string[] }) => metric_selectors.map(name => name.slice(1, -1)),
)
const COLLECTED: readonly Readonly<Record<string, string>>[] = AGENT.logs_collected.files.collect_list

t.test('each metric counts what a server logged', async t => {
  const server = await startServer(t, { DIAGNOSTIC_ROUTES: 'true', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })
  const ask = async (path: string) => void (await (await fetch(`${server.address}${path}`)).arrayBuffer())
  for (let i = 0; i < 4; i++) await say(server.address, 'hello')
  await say(server.address, '/help')
  for (const expected of [null, 'true']) {
    const { headers } = await say(server.address, 'hello', {}, { 'idempotency-key': 'k' })
    t.equal(headers.get('idempotent-replay'), expected)
  }
  for (let i = 0; i < 3; i++) await ask('/unknown')
  for (let i = 0; i < 2; i++) await ask('/cause-error')
  await server.stop()
  const lines = server.logLines()
  const count = (name: string) =>
    lines.filter(line => matchesPattern(FILTERS.find(filter => filter.name === name)?.pattern ?? '', line)).length
  const names = ['Requests', 'ConversationTurns', 'LlmCalls', 'Errors', 'Errors4xx', 'Errors5xx', 'Throttles', 'StoreFailures']
  t.same(Object.fromEntries(names.map(name => [name, count(name)])), {
    Requests: 12,
    ConversationTurns: 6,
    LlmCalls: 5,
    Errors: 2,
    Errors4xx: 3,
    Errors5xx: 2,
    Throttles: 0,
    StoreFailures: 0,
  })
  t.equal(count('Latency'), 6)
  t.equal(lines.filter(({ msg }) => msg === 'Bot response sent').length, 7, 'a replay is no turn')
  t.equal(count('Invocations'), count('Duration'))
  for (const { pattern, value, dimensions } of FILTERS)
    for (const line of lines.filter(line => matchesPattern(pattern, line))) {
      if (value.startsWith('$.')) t.type(line[value.slice(2)], 'number')
      for (const { Value } of dimensions) t.type(line[Value.slice(2)], 'string')
    }
})

t.test('the agent finds the time of each line of the log and of the audit trail', async t => {
  const server = await startServer(t, { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })
  await say(server.address, 'hello at 2020-01-01T00:00:00.000Z')
  await server.stop()
  for (const { file_path, timestamp_format, timezone } of COLLECTED) {
    t.equal(timezone, 'UTC')
    // What the agent makes of the format: the first text of this form is the time.
    const form = new RegExp(
      timestamp_format!
        .replace('.', '\\.')
        .replace('%f', '\\d{1,9}')
        .replace('%Y', '\\d{4}')
        .replace(/%[mdHMS]/g, '\\d{2}'),
    )
    for (const file of globSync(file_path!.replace('/path/to/chatbot/logs', server.logDir)))
      for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean))
        t.equal(`${form.exec(line)?.[0]}Z`, JSON.parse(line).time, file)
  }
})

t.test('each alarm watches a metric that is made, and notifies', async t => {
  const names = new Set([...FILTERS.map(({ name }) => name), ...SERIES])
  const alarms = resourcesOf('CloudWatch::Alarm')
  t.equal(alarms.length, 6)
  for (const alarm of alarms) {
    for (const [, name = ''] of JSON.stringify(alarm).matchAll(/"MetricName":"(\w+)"/g)) t.ok(names.has(name), name)
    t.same(alarm.AlarmActions, [{ Ref: 'Alarms' }])
  }
})

t.test('the agent sends the files of each stream to a log group of the template, and each file once', async t => {
  // Literals: the agent would not follow a parameter.
  const groups = resourcesOf('Logs::LogGroup').map(({ LogGroupName }) => LogGroupName)
  t.same([...COLLECTED.map(({ log_group_name }) => log_group_name), SCRAPED.log_group_name].sort(), groups.sort())
  const groupsOf = (file: string) =>
    COLLECTED.flatMap(({ file_path, log_group_name }) =>
      matchesGlob(`/path/to/chatbot/logs/${file}`, file_path!) ? [log_group_name] : [],
    )
  t.same(groupsOf('chatbot/chatbot.2026-01-15.2.log'), ['/pellucid/chatbot'])
  for (const stream of ['warning', 'error', 'audit'])
    t.same(groupsOf(`${stream}/${stream}.2026-01-15.1.log`), [`/pellucid/chatbot/${stream}`])
  for (const file of [
    'info/info.2026-01-15.1.log',
    'debug/debug.2026-01-15.1.log',
    'chatbot/chatbot.2026-01-15.1.log.gz',
    'current.log',
  ])
    t.same(groupsOf(file), [], file)
})

t.test('a server exposes each series that the agent scrapes, with its labels', async t => {
  const server = await startServer(t, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })
  await say(server.address, 'hello')
  const headers = { authorization: `Bearer ${readFileSync(join(server.dataDir, 'machine.token'), 'utf8')}` }
  const scrape = async () => (await fetch(`${server.address}/metrics`, { headers })).text()
  await until(async () => /^disk_free_bytes\{/m.test(await scrape()))
  const exposed = await scrape()
  for (const name of SERIES) t.match(exposed, new RegExp(`^# TYPE ${name} `, 'm'), name)
  for (const volume of ['data', 'log']) t.match(exposed, new RegExp(`^disk_size_bytes\\{[^}]*volume="${volume}"`, 'm'))
  await server.stop()
})
