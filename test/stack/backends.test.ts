import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { createClient } from './world/client.ts'
import { ROOT } from './world/compose.ts'
import { startStack, untilReady } from './world/stack.ts'
import { readDashboards } from './world/telemetry/dashboards.ts'
import { describeLine, readLogFiles } from './world/telemetry/log-files.ts'
import { hasData, query } from './world/telemetry/prometheus.ts'
import { readSpans, type Span } from './world/telemetry/received.ts'
import { drawTree, QUESTION_TREE } from './world/telemetry/span-tree.ts'
import { driveTraffic } from './world/traffic.ts'
import { until } from './world/waiting.ts'

const LOKI = 'http://loki:3100/loki/api/v1'
const JAEGER = 'http://jaeger:16686/api'

interface LogQlResult {
  readonly metric?: Readonly<Record<string, string>>
  readonly stream?: Readonly<Record<string, string>>
  readonly values: readonly (readonly [time: string, text: string])[]
}

t.test('Jaeger shows the trace and Loki its lines, linked in both directions', async t => {
  const stack = await startStack(t, { withBackends: true, variables: { DIAGNOSTIC_ROUTES: 'true' } })
  const client = createClient()
  const { question, callersTraceId, failures } = await driveTraffic(client)
  const { datasources } = parse(readFileSync(join(ROOT, 'otel/stack/grafana-datasources.yaml'), 'utf8'))
  const settingsOf = (uid: string) => datasources.find((each: { uid: string }) => each.uid === uid).jsonData

  t.test('the trace of a question is complete', async t => {
    await until('Jaeger has it', async () => (await traceOf(callersTraceId)).length > 0)
    t.same(drawTree(await traceOf(callersTraceId)), QUESTION_TREE)
    t.match(await read(`${JAEGER}/v3/services`), { services: ['chatbot'] })
  })

  t.test("the datasource's query leads from a span to its lines", async t => {
    const logQl = settingsOf('jaeger').tracesToLogsV2.query.replace('$${__trace.traceId}', callersTraceId)
    await until('Loki has them', async () => (await logs(logQl)).flatMap(({ values }) => values).length >= 3)
    const found = await logs(logQl)
    t.equal(found.flatMap(({ values }) => values).length, readLogFiles().filter(line => line.trace_id === callersTraceId).length)
    for (const { stream } of found)
      t.match(stream, { trace_id: callersTraceId, turn_id: question.body.turn_id, severity_text: 'INFO' })
    // And back: the datasource reads the trace id from this field.
    t.equal(settingsOf('loki').derivedFields[0].matcherRegex, 'trace_id')
    const failed = await logs(`{service_name="chatbot", severity_text="ERROR"} | trace_id="${failures[0]?.traceId}"`)
    t.match(failed[0]?.values[0]?.[1], /DIAGNOSTIC_ERROR/)
  })

  t.test('every line is in Loki once, with few labels', async t => {
    const count = async () => {
      const parameters = new URLSearchParams({ query: 'sum(count_over_time({service_name=~".+"}[1h]))' })
      return Number((await read(`${LOKI}/query?${parameters}`)).data.result[0]?.value[1] ?? 0)
    }
    // Loki stores identical lines of the same millisecond once.
    const lines = () => new Set(readLogFiles().map(describeLine)).size
    await until('all are there', async () => (await count()) >= lines()).catch(() => undefined)
    t.equal(await count(), lines())
    t.same((await read(`${LOKI}/labels`)).data.toSorted(), ['deployment_environment_name', 'service_name', 'severity_text'])
  })

  t.test('the log panels of the dashboards have data', async t => {
    const panels = readDashboards().flatMap(({ panels }) => panels)
    const queries = panels.flatMap(({ title, queries }) => queries.loki.map(expression => ({ title, expression })))
    t.ok(queries.length > 0)
    for (const { title, expression } of queries) t.ok((await logs(expression)).length > 0, title, { expression })
  })

  t.test('the log queries in the docs return results', async t => {
    const manual = readFileSync(join(ROOT, 'docs/stack.md'), 'utf8')
    const [, ofTrace = ''] = /"query=(\{service_name=.*)"/.exec(manual) ?? []
    const lines = await logs(ofTrace.replaceAll('\\"', '"').replace('$trace', callersTraceId))
    t.equal(lines.flatMap(({ values }) => values).length, readLogFiles().filter(line => line.trace_id === callersTraceId).length)
    const [counts = ''] = /^sum by \(status, code\).*$/m.exec(manual) ?? []
    const failed = await logs(counts)
    t.match(
      failed.find(({ metric }) => metric?.code === 'DIAGNOSTIC_ERROR'),
      { metric: { status: '500' } },
    )
  })

  t.test('the metrics linked to a span, in Grafana and on the Monitor page of Jaeger, have data', async t => {
    // A rate needs an increase between two scrapes.
    await driveTraffic(client)
    for (const { name, query: promQl } of settingsOf('jaeger').tracesToMetrics.queries) {
      const expression = promQl.replaceAll('$$__tags', 'service_name="chatbot"')
      await until(`${name} has data`, async () => hasData(await query(expression)))
    }
    const parameters = new URLSearchParams({
      service: 'chatbot',
      spanKind: 'server',
      lookback: '600000',
      step: '15000',
      ratePer: '600000',
    })
    await until('the monitor page has data', async () => {
      const { metrics } = await read(`${JAEGER}/metrics/calls?${parameters}&endTs=${Date.now()}`)
      return metrics.some(({ metricPoints }: { metricPoints: unknown[] }) => metricPoints.length > 0)
    })
    t.pass('all of them')
  })

  t.test('stored data survives a restart', async t => {
    for (const name of ['jaeger', 'loki']) {
      await stack.container(name).stop()
      stack.container(name).start()
      await untilReady(stack.container(name))
    }
    t.equal((await traceOf(callersTraceId)).length, QUESTION_TREE.length)
    t.ok((await logs(`{service_name="chatbot"} | trace_id="${callersTraceId}"`)).length > 0)
  })
})

async function traceOf(traceId: string): Promise<readonly Span[]> {
  const { result } = await read(`${JAEGER}/v3/traces/${traceId}`)
  return result === undefined ? [] : readSpans(result)
}

/** Returns the result of a LogQL query over the last hour. */
async function logs(logQl: string): Promise<readonly LogQlResult[]> {
  const { data } = await read(`${LOKI}/query_range?${new URLSearchParams({ query: logQl, since: '1h', limit: '1000' })}`)
  return data.result
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of the answer is what is asserted
async function read(address: string): Promise<any> {
  const reply = await fetch(address)
  const text = await reply.text()
  // A trace that has not arrived yet is a 404.
  if (!reply.ok && reply.status !== 404) throw new Error(`${address}: ${reply.status} ${text}`)
  return JSON.parse(text)
}
