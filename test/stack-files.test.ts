import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { METRICS } from '../otel/metrics.ts'
import { SETTINGS } from '../src/config.ts'
import { ROOT, readCompose, type Service } from './stack/world/compose.ts'
import { readDashboards } from './stack/world/dashboards.ts'

const services = readCompose({})
const names = services.map(({ name }) => name)
/** The port of each service that others ask. */
const PORTS: Readonly<Record<string, readonly number[]>> = {
  pellucid: [8000],
  collector: [4317, 4318, 8888, 8889, 8890, 13133],
  jaeger: [4317, 4318, 8888, 16686],
  loki: [3100],
  prometheus: [9090],
  alertmanager: [9093],
  grafana: [3000],
}
/** Labels of the spans' metrics that begin like metrics of ours. */
const SPAN_LABELS = new Set(['db_system_name'])

t.test('what docker-compose.yml mounts is there, and its volumes are declared', async t => {
  const { volumes } = parse(read('docker-compose.yml')) as { volumes: Record<string, unknown> }
  for (const { name, mounts } of services) {
    for (const { kind, source } of mounts) {
      if (kind === 'bind') t.ok(existsSync(join(ROOT, source)), `${name} mounts ${source}`)
      else t.ok(source in volumes, `${name} mounts the volume ${source}`)
    }
  }
  const used = new Set(services.flatMap(({ mounts }) => mounts.map(({ source }) => source)))
  for (const volume of Object.keys(volumes)) t.ok(used.has(volume), `the volume ${volume} is used`)
})

t.test('every published port is on loopback, one that its service listens on, and taken once', async t => {
  const taken = new Set<string>()
  for (const { name, ports } of services) {
    for (const port of ports) {
      const [, outside = '', inside] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(port) ?? []
      t.ok(PORTS[name]?.includes(Number(inside)), `${name}: ${port}`)
      t.notOk(taken.has(outside), `${outside} is taken once`)
      taken.add(outside)
    }
  }
})

t.test('images have a version, and a service waits only for services', async t => {
  for (const { name, image, dependsOn } of services) {
    t.match(image, /:v?\d+\.\d+\.\d+$/, name)
    for (const other of Object.keys(dependsOn)) t.ok(names.includes(other), `${name} waits for ${other}`)
  }
})

t.test("the server is given only settings that it has, or that are OpenTelemetry's", async t => {
  for (const variable of Object.keys(named('pellucid').environment))
    t.ok(variable in SETTINGS.properties || variable.startsWith('OTEL_'), variable)
})

t.test('a variable that a file of a service expands is given to it, or has a default', async t => {
  for (const service of services) {
    for (const file of filesOf(service)) {
      // Grafana writes `$$` for a dollar; the others `${env:NAME}`.
      for (const [, variable = '', fallback] of read(file).matchAll(/(?<!\$)\$\{(?:env:)?([A-Z_]+)(:-)?/g))
        t.ok(variable in service.environment || fallback !== undefined, `${service.name}: ${variable} in ${file}`)
    }
  }
  const files = readdirSync(join(ROOT, 'otel')).filter(file => file.startsWith('collector'))
  const texts = files.map(file => read(`otel/${file}`)).join('\n')
  // The first is Go's own; AWS_… are those of the library that speaks to it.
  const given = Object.keys(named('collector').environment).filter(variable => !/^(GOMEMLIMIT|AWS_.*)$/.test(variable))
  for (const variable of given) t.match(texts, `env:${variable}`, `the collector reads ${variable}`)
})

t.test('every address in a configuration is that of a service, on a port where it listens', async t => {
  const files = ['docker-compose.yml', ...['collector', 'jaeger', 'loki', 'prometheus'].map(name => `otel/${name}.yaml`)]
  const texts = [...files, 'otel/grafana-datasources.yaml'].map(file => [file, read(file).replace(/^\s*#.*$/gm, '')] as const)
  let found = 0
  for (const [file, text] of texts) {
    for (const [, host = '', port] of text.matchAll(/\b([a-z][a-z-]*):(\d{4,5})\b/g)) {
      if (host === 'localhost') continue
      found++
      t.ok(PORTS[host]?.includes(Number(port)), `${file}: ${host}:${port}`)
    }
  }
  t.ok(found >= 10, `${found} addresses`)
})

t.test('Prometheus has the jobs that rules and dashboards ask for', async t => {
  const { scrape_configs } = parse(read('otel/prometheus.yaml')) as { scrape_configs: { job_name: string }[] }
  const jobs = scrape_configs.map(({ job_name }) => job_name)
  for (const [where, expression] of expressions()) {
    for (const [, job = ''] of expression.matchAll(/\bjob="([^"]+)"/g)) t.ok(jobs.includes(job), `${where}: ${job}`)
  }
})

t.test('rules and dashboards ask only for metrics that there are, with labels that they have', async t => {
  let found = 0
  for (const [where, expression] of expressions()) {
    const bare = expression.replace(/"(?:\\.|[^"\\])*"/g, '""')
    for (const [, name = '', selector = ''] of bare.matchAll(/\b([a-z]\w*_\w+)\b(?!\s*\()(\{[^}]*\})?/g)) {
      const metric = name.replace(/_(bucket|sum|count)$/, '')
      const ours = METRICS[(name in METRICS ? name : metric) as keyof typeof METRICS]
      if (ours === undefined) {
        if (/^(chatbot|process|telemetry|log|db|disk|audit)_/.test(name) && !isLabel(name)) t.fail(`${where}: no metric ${name}`)
        continue
      }
      found++
      const labels = new Set([...Object.keys(ours.labels), 'le', 'job', 'instance'])
      for (const [, label = ''] of selector.matchAll(/(\w+)\s*(?:=|!=|=~|!~)/g))
        t.ok(labels.has(label), `${where}: ${name} has ${label}`)
    }
  }
  t.ok(found > 50, `${found} metrics are asked for`)
})

t.test('dashboards name only datasources that are provisioned', async t => {
  const { datasources } = parse(read('otel/grafana-datasources.yaml')) as { datasources: { uid: string }[] }
  const uids = datasources.map(({ uid }) => uid)
  const dashboards = readDashboards()
  t.ok(dashboards.length >= 3)
  for (const { file, datasources } of dashboards)
    for (const uid of datasources) t.ok([...uids, '-- Grafana --', 'grafana'].includes(uid), `${file}: ${uid}`)
  for (const [, uid = ''] of read('otel/grafana-datasources.yaml').matchAll(/datasourceUid: (\w+)/g))
    t.ok(uids.includes(uid), uid)
})

t.test("the server's image holds what its files import, and the collector is built of what its file uses", async t => {
  for (const [, paths = ''] of read('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm))
    for (const path of paths.split(' ')) t.ok(existsSync(join(ROOT, path)), `the image takes ${path}`)
  const { dist, ...parts } = parse(read('otel/collector-builder.yaml')) as Record<string, unknown> & { dist: { name: string } }
  t.match(dist.name, /^otelcol/)
  const modules = Object.values(parts).flat() as { gomod: string }[]
  const [version] = /v0\.\d+\.\d+/.exec(modules[0]?.gomod ?? '') ?? []
  t.match(named('collector').image, String(version).slice(1), 'both are of one version')
  for (const { gomod } of modules) t.match(gomod, / v(0|1)\.\d+\.\d+$/, gomod)
})

/** Every PromQL expression there is, and where. */
function expressions(): readonly (readonly [where: string, expression: string])[] {
  const { groups } = parse(read('otel/alerts.yaml')) as {
    groups: { rules: { alert?: string; record?: string; expr: string }[] }[]
  }
  const rules = groups.flatMap(group => group.rules.map(rule => [`rule ${rule.alert ?? rule.record}`, rule.expr] as const))
  const panels = readDashboards().flatMap(dashboard => dashboard.panels)
  const shown = panels.flatMap(panel =>
    panel.queries.prometheus.map(each => [`${panel.dashboard}, ${panel.title}`, each] as const),
  )
  return [...rules, ...shown]
}

/** Names of labels that look like those of metrics, where an aggregation names them. */
function isLabel(name: string): boolean {
  return SPAN_LABELS.has(name) || Object.values(METRICS).some(({ labels }) => name in labels)
}

/** The configuration of a service: files mounted by themselves, and those of a folder that its command names. */
function filesOf({ mounts, command = [] }: Service): readonly string[] {
  return mounts.flatMap(({ kind, source, target }) => {
    if (kind !== 'bind') return []
    if (/\.(yaml|json)$/.test(source)) return [source]
    return command.flatMap(word => new RegExp(`${target}/(\\S+\\.yaml)$`).exec(word)?.[1] ?? []).map(file => `${source}/${file}`)
  })
}

function named(name: string): Service {
  const found = services.find(service => service.name === name)
  if (found === undefined) throw new Error(`docker-compose.yml has no ${name}`)
  return found
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
