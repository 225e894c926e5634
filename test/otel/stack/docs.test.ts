import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { ROOT, readCompose } from '../../stack/world/compose.ts'

const manual = read('docs/stack.md')
const compose = parse(read('docker-compose.yml')) as { services: Record<string, { environment?: Record<string, unknown> }> }
/** Variables that the overlays document. */
const OF_OVERLAYS = /^(ELASTICSEARCH|AWS)_/
const MIB = 1024 * 1024

t.test('the table of addresses lists exactly the published ports', async t => {
  const rows = tableAfter(manual, '| Address on 127.0.0.1 |')
  const listed = rows.flatMap(([address = '']) => address.match(/\b\d{4,5}\b/g) ?? [])
  const published = readCompose().flatMap(({ ports }) => ports.map(port => port.split(':')[1] ?? ''))
  t.same(listed.toSorted(), published.toSorted())
})

t.test('the table of settings lists the variables of docker-compose.yml with their defaults', async t => {
  const rows = tableAfter(manual, '| Variable | Default |').map(([name = '', value = '']) => [bare(name), bare(value)] as const)
  const used = [...usedVariables()].filter(([name]) => !OF_OVERLAYS.test(name))
  t.same(Object.fromEntries(rows), Object.fromEntries(used))
  t.equal(new Set(rows.map(([name]) => name)).size, rows.length, 'no duplicates')
})

t.test('retention times and queue sizes in the docs match the configuration', async t => {
  const { limits_config: limits } = parse(read('otel/stack/loki.yaml')) as LokiConfig
  const daysOf = (level: string) => limits.retention_stream.find(({ selector }) => selector.includes(level))?.period
  const [debug, info, warning] = [daysOf('DEBUG'), limits.retention_period, daysOf('WARNING')].map(toDays)
  t.match(manual, `DEBUG kept for ${debug} days, INFO for ${info}, WARNING and above for ${warning}`)
  const jaeger = parse(read('otel/stack/jaeger.yaml')) as JaegerConfig
  t.match(manual, `traces, kept for ${toDays(jaeger.extensions.jaeger_storage.backends.spans.badger.ttl.spans)} days`)
  const [, kept] = /--storage\.tsdb\.retention\.time=(\d+)d/.exec(read('docker-compose.yml')) ?? []
  t.match(manual, `metrics, kept for ${kept} days`)
  const { exporters } = parse(read('otel/stack/collector.yaml')) as CollectorConfig
  const mibOf = (name: string) => (exporters[name]?.sending_queue.queue_size ?? 0) / MIB
  t.match(manual, `up to ${mibOf('otlp_grpc/jaeger')} MiB or an hour`)
  t.equal(exporters['otlp_grpc/jaeger']?.retry_on_failure.max_elapsed_time, '1h')
  t.match(manual, `up to ${mibOf('otlp_http/loki')} MiB; beyond that`)
})

interface LokiConfig {
  readonly limits_config: {
    readonly retention_period: string
    readonly retention_stream: readonly { readonly selector: string; readonly period: string }[]
  }
}
interface JaegerConfig {
  readonly extensions: {
    readonly jaeger_storage: {
      readonly backends: { readonly spans: { readonly badger: { readonly ttl: { readonly spans: string } } } }
    }
  }
}
interface CollectorConfig {
  readonly exporters: Readonly<
    Record<
      string,
      {
        readonly sending_queue: { readonly queue_size: number }
        readonly retry_on_failure: { readonly max_elapsed_time: unknown }
      }
    >
  >
}

/** Returns name and default of each variable; `unset` without default. */
function usedVariables(): ReadonlyMap<string, string> {
  const used = new Map<string, string>()
  for (const [, name = '', value = 'unset'] of read('docker-compose.yml').matchAll(/\$\{(\w+)(?::-([^}]*))?/g))
    used.set(name, value === '' ? 'unset' : value)
  for (const { environment = {} } of Object.values(compose.services)) {
    for (const [name, value] of Object.entries(environment)) if (value === null) used.set(name, 'unset')
  }
  return used
}

/** Returns the cells of a Markdown table, found by the start of its head. */
function tableAfter(text: string, head: string): readonly (readonly string[])[] {
  const [, ...rows] = text.slice(text.indexOf(head)).split('\n\n')[0]?.split('\n') ?? []
  return rows.slice(1).map(row =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}

function bare(cell: string): string {
  return cell.replaceAll('`', '')
}

function toDays(period = ''): number {
  return Number(/^(\d+)h$/.exec(period)?.[1]) / 24
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
