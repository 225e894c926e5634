import { readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { startServer } from '../../worlds/server-world.ts'

const FOLDER = join(import.meta.dirname, '../../../otel/aws')
const { Resources: resources } = parse(readFileSync(join(FOLDER, 'template.yaml'), 'utf8')) as {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>>
}
const filters = Object.values(resources)
  .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
  .map(({ Properties }) => {
    const [transformation] = Properties.MetricTransformations as readonly {
      readonly MetricName: string
      readonly MetricValue: unknown
    }[]
    return {
      pattern: String(Properties.FilterPattern),
      name: transformation?.MetricName ?? '',
      value: String(transformation?.MetricValue),
    }
  })

t.test('each metric counts what a server logged', async t => {
  const server = await startServer(t, { DIAGNOSTIC_ROUTES: 'true', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })
  const ask = async (path: string, init?: RequestInit) =>
    void (await (await fetch(`${server.address}${path}`, init)).arrayBuffer())
  const message = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"hello"}' }
  for (let i = 0; i < 4; i++) await ask('/chat', message)
  for (let i = 0; i < 3; i++) await ask('/unknown')
  for (let i = 0; i < 2; i++) await ask('/cause-error')
  await server.stop()
  const lines = server.logLines()
  const count = (name: string) =>
    lines.filter(line => matches(filters.find(filter => filter.name === name)?.pattern ?? '', line)).length
  t.same(['Requests', 'ConversationTurns', 'Errors4xx', 'Errors5xx', 'Throttles', 'StoreFailures'].map(count), [9, 4, 3, 2, 0, 0])
  t.equal(count('Latency'), 4)
  t.equal(count('Invocations'), count('Duration'))
  for (const { pattern, value } of filters.filter(({ value }) => value.startsWith('$.')))
    for (const line of lines.filter(line => matches(pattern, line))) t.type(line[value.slice(2)], 'number')
})

t.test('each alarm watches a metric that the template makes', async t => {
  const names = new Set(filters.map(({ name }) => name))
  const alarms = Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  t.equal(alarms.length, 4)
  for (const [, name = ''] of JSON.stringify(alarms).matchAll(/"MetricName":"(\w+)"/g)) t.ok(names.has(name), name)
})

t.test('the agent reads each combined file, and no other file', async t => {
  const text = readFileSync(join(FOLDER, 'cloudwatch-agent.json'), 'utf8')
  const glob = /"file_path": "\/path\/to\/chatbot\/logs\/(.+)"/.exec(text)?.[1] ?? ''
  t.ok(matchesGlob('chatbot/chatbot.2026-01-15.2.log', glob))
  for (const file of ['error/error.2026-01-15.1.log', 'audit/audit.2026-01-15.1.log', 'chatbot/chatbot.2026-01-15.1.log.gz'])
    t.notOk(matchesGlob(file, glob), file)
})

/** Evaluates a filter pattern of CloudWatch: comparisons of fields, joined by `&&` or `||`. */
function matches(pattern: string, line: Readonly<Record<string, unknown>>): boolean {
  const compare = (text: string) => {
    const [, field = '', operator, literal = ''] = /^\s*\$\.(\w+) (=|>=|<) (.+?)\s*$/.exec(text) ?? []
    const [found, wanted] = [line[field], JSON.parse(literal) as string | number]
    if (found === undefined) return false
    if (operator === '=') return found === wanted
    return operator === '<' ? Number(found) < Number(wanted) : Number(found) >= Number(wanted)
  }
  const inner = /^\{ (.+) \}$/.exec(pattern)?.[1] ?? ''
  return inner.split('||').some(part => part.split('&&').every(compare))
}
