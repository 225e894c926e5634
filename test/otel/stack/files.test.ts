import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { SETTINGS } from '../../../src/settings.ts'
import { ROOT, readCompose, type Service } from '../../stack/world/compose.ts'
import { readDashboards } from '../../stack/world/telemetry/dashboards.ts'

const services = readCompose()
const names = services.map(({ name }) => name)
/** Port of each service that others call. */
const PORTS: Readonly<Record<string, readonly number[]>> = {
  pellucid: [8000],
  collector: [4317, 4318, 8888, 8889, 8890, 13133],
  jaeger: [4317, 4318, 8888, 16686],
  loki: [3100],
  prometheus: [9090],
  alertmanager: [9093],
  grafana: [3000],
}
/** Settings that the stack fixes. */
const FIXED = ['HOST', 'PORT', 'DATA_DIR', 'LOG_DIR', 'OTEL_SERVICE_NAME']

interface Written {
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly security_opt?: readonly string[]
}

interface CollectorConfig extends Partial<Record<'receivers' | 'processors' | 'exporters' | 'extensions', object>> {
  readonly service: {
    readonly extensions?: readonly string[]
    readonly pipelines: Readonly<Record<string, Partial<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>>>
  }
}

t.test('mounted files exist and volumes are declared', async t => {
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

t.test('published ports are on loopback, unique, and listened on by their service', async t => {
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

t.test('images have a version, and dependencies are services', async t => {
  for (const { name, image, dependsOn } of services) {
    t.match(image, /:v?\d+\.\d+\.\d+$/, name)
    for (const other of Object.keys(dependsOn)) t.ok(names.includes(other), `${name} waits for ${other}`)
  }
})

t.test('the server gets only its own settings and those of OpenTelemetry', async t => {
  for (const variable of Object.keys(named('pellucid').environment))
    t.ok(variable in SETTINGS.properties || /^OTEL_/.test(variable), variable)
})

t.test('services run without capabilities, and all but Grafana cannot change their image', async t => {
  const { services: written } = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Written> }
  for (const [name, { read_only, cap_drop, cap_add = [], security_opt }] of Object.entries(written)) {
    t.equal(read_only === true, name !== 'grafana', name)
    t.same([cap_drop, security_opt], [['ALL'], ['no-new-privileges:true']], name)
    t.same(cap_add, name === 'collector-storage' ? ['CHOWN'] : [], name)
  }
  t.match(read('Dockerfile'), /^USER node$/m)
})

t.test('Grafana starts outside of loopback only with a password', async t => {
  const starts = (variables: Record<string, string>) => {
    const { command = [], environment } = named('grafana-check', readCompose({ variables }))
    const [program = '', ...args] = command
    return spawnSync(program, args, { env: environment }).status === 0
  }
  t.ok(starts({}))
  t.ok(starts({ GRAFANA_ADDRESS: '[::1]' }))
  t.notOk(starts({ GRAFANA_ADDRESS: '0.0.0.0' }))
  t.notOk(starts({ GRAFANA_ADDRESS: '[::]', GRAFANA_ADMIN_PASSWORD: 'admin' }))
  t.ok(starts({ GRAFANA_ADDRESS: '192.0.2.10', GRAFANA_ADMIN_PASSWORD: 'a long one' }))
  const { environment, dependsOn } = named('grafana')
  t.equal(dependsOn['grafana-check'], 'service_completed_successfully')
  t.match(environment, {
    GF_AUTH_ANONYMOUS_ENABLED: 'false',
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_USERS_AUTO_ASSIGN_ORG_ROLE: 'Viewer',
  })
})

t.test('every setting in .env reaches the server, except fixed ones', async t => {
  for (const name of Object.keys(SETTINGS.properties)) {
    const { [name]: value } = named('pellucid', readCompose({ dotEnv: { [name]: 'theirs' } })).environment
    if (FIXED.includes(name)) t.not(value, 'theirs', name)
    else t.equal(value, 'theirs', name)
  }
  const { environment } = named('pellucid', readCompose({ dotEnv: { LOG_LEVEL: 'DEBUG' }, variables: { LOG_LEVEL: 'ERROR' } }))
  t.equal(environment.LOG_LEVEL, 'ERROR', 'the environment overrides the file')
  const attributes = (given: Record<string, string>) =>
    named('pellucid', readCompose({ variables: given })).environment.OTEL_RESOURCE_ATTRIBUTES
  t.equal(attributes({}), 'deployment.environment.name=production')
  t.equal(attributes({ OTEL_RESOURCE_ATTRIBUTES: 'team=blue' }), 'deployment.environment.name=production,team=blue')
})

t.test('settings named by alerts and docs affect a service', async t => {
  const manual = read('docs/stack.md')
  const { groups } = parse(read('otel/stack/alerts.yaml')) as { groups: { rules: { annotations?: { action: string } }[] }[] }
  const actions = groups.flatMap(({ rules }) => rules.map(({ annotations }) => annotations?.action ?? ''))
  const names = [manual, ...actions].flatMap(text => text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [])
  const isSetting = (name: string) => Object.keys(SETTINGS.properties).some(setting => setting.startsWith(name))
  t.ok(new Set(names).size >= 20, `${new Set(names).size} names`)
  for (const name of new Set(names)) {
    if (FIXED.includes(name)) continue
    const changed = JSON.stringify(readCompose({ dotEnv: { [name]: '7' } })) !== JSON.stringify(services)
    t.ok(changed && (isSetting(name) || name.startsWith('OTEL_') || expanded().has(name)), name)
  }
})

t.test('overlays extend the collector with existing components and get their variables', async t => {
  const base = parse(read('otel/stack/collector.yaml')) as CollectorConfig
  const overlays = readdirSync(join(ROOT, 'otel/stack')).filter(file => /^collector-(?!builder).*\.yaml$/.test(file))
  t.ok(overlays.length >= 2)
  for (const file of overlays) {
    const overlay = parse(read(`otel/stack/${file}`)) as CollectorConfig
    const has = (kind: 'receivers' | 'processors' | 'exporters' | 'extensions', name: string) =>
      name in (overlay[kind] ?? {}) || name in (base[kind] ?? {})
    // A list replaces the list of the base file.
    const { extensions = base.service.extensions, pipelines } = overlay.service
    t.same(
      extensions?.filter(name => !has('extensions', name)),
      [],
      `${file}: extensions`,
    )
    t.same(
      base.service.extensions?.filter(name => !extensions?.includes(name)),
      [],
      `${file} leaves out no extension`,
    )
    for (const [pipeline, parts] of Object.entries(pipelines)) {
      // A pipeline that the base file lacks has all that protects the collector and people's data.
      const below = base.service.pipelines[pipeline] ?? {
        receivers: [],
        processors: ['memory_limiter', 'filter/noise', 'redaction'],
        exporters: [],
      }
      t.ok((parts.exporters ?? []).length > 0, `${file}: ${pipeline} exports`)
      t.ok((parts.receivers ?? below.receivers ?? []).length > 0, `${file}: ${pipeline} receives`)
      for (const kind of ['receivers', 'processors', 'exporters'] as const) {
        t.same(parts[kind]?.filter(name => !has(kind, name)) ?? [], [], `${file}: ${kind} of ${pipeline}`)
        const all = parts[kind] ?? below[kind]
        t.same(
          (below[kind] ?? []).filter(name => !all?.includes(name)),
          [],
          `${file} leaves out no ${kind} of ${pipeline}`,
        )
      }
    }
    const used = Object.values(pipelines).flatMap(({ exporters = [] }) => exporters)
    for (const name of Object.keys(overlay.exporters ?? {})) t.ok(used.includes(name), `${file} uses ${name}`)
    for (const [, variable = ''] of read(`otel/stack/${file}`).matchAll(/\$\{env:([A-Z_]+)/g))
      t.equal(
        named('collector', readCompose({ variables: { [variable]: 'x' } })).environment[variable],
        'x',
        `${file}: ${variable}`,
      )
    const { mounts } = named('collector', readCompose({ variables: { COLLECTOR_OVERLAY: file } }))
    t.ok(
      mounts.some(({ source }) => source === `./otel/stack/${file}`),
      `${file} is mounted`,
    )
  }
})

t.test('variables in a configuration are set for its service or have a default', async t => {
  for (const service of services) {
    for (const file of filesOf(service)) {
      // Grafana escapes a dollar as `$$`; others use `${env:NAME}`.
      for (const [, variable = '', fallback] of read(file).matchAll(/(?<!\$)\$\{(?:env:)?([A-Z_]+)(:-)?/g))
        t.ok(variable in service.environment || fallback !== undefined, `${service.name}: ${variable} in ${file}`)
    }
  }
  const files = readdirSync(join(ROOT, 'otel/stack')).filter(file => file.startsWith('collector'))
  const texts = files.map(file => read(`otel/stack/${file}`)).join('\n')
  // GOMEMLIMIT is read by Go, AWS_… by the AWS library.
  const given = Object.keys(named('collector').environment).filter(variable => !/^(GOMEMLIMIT|AWS_.*)$/.test(variable))
  for (const variable of given) t.match(texts, `env:${variable}`, `the collector reads ${variable}`)
})

t.test('addresses in configurations are services and ports they listen on', async t => {
  const files = ['docker-compose.yml', ...['collector', 'jaeger', 'loki', 'prometheus'].map(name => `otel/stack/${name}.yaml`)]
  const texts = [...files, 'otel/stack/grafana-datasources.yaml'].map(
    file => [file, read(file).replace(/^\s*#.*$/gm, '')] as const,
  )
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

t.test('Prometheus scrapes the jobs used by rules and dashboards', async t => {
  const { scrape_configs } = parse(read('otel/stack/prometheus.yaml')) as { scrape_configs: { job_name: string }[] }
  const jobs = scrape_configs.map(({ job_name }) => job_name)
  for (const [where, expression] of expressions()) {
    for (const [, job = ''] of expression.matchAll(/\bjob="([^"]+)"/g)) t.ok(jobs.includes(job), `${where}: ${job}`)
  }
})

t.test('dashboards use provisioned datasources', async t => {
  const { datasources } = parse(read('otel/stack/grafana-datasources.yaml')) as { datasources: { uid: string }[] }
  const uids = datasources.map(({ uid }) => uid)
  const dashboards = readDashboards()
  t.ok(dashboards.length >= 3)
  for (const { file, datasources } of dashboards)
    for (const uid of datasources) t.ok([...uids, '-- Grafana --', 'grafana'].includes(uid), `${file}: ${uid}`)
  for (const [, uid = ''] of read('otel/stack/grafana-datasources.yaml').matchAll(/datasourceUid: (\w+)/g))
    t.ok(uids.includes(uid), uid)
})

t.test("the server's image contains all imports, and the collector's build all components in use", async t => {
  for (const [, paths = ''] of read('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm))
    for (const path of paths.split(' ')) t.ok(existsSync(join(ROOT, path)), `the image takes ${path}`)
  const { dist, ...parts } = parse(read('otel/stack/collector-builder.yaml')) as Record<string, unknown> & {
    dist: { name: string }
  }
  t.match(dist.name, /^otelcol/)
  const modules = Object.values(parts).flat() as { gomod: string }[]
  const [version] = /v0\.\d+\.\d+/.exec(modules[0]?.gomod ?? '') ?? []
  t.match(named('collector').image, String(version).slice(1), 'both have the same version')
  for (const { gomod } of modules) t.match(gomod, / v(0|1)\.\d+\.\d+$/, gomod)
})

/** All PromQL expressions, with their location. */
function expressions(): readonly (readonly [where: string, expression: string])[] {
  const { groups } = parse(read('otel/stack/alerts.yaml')) as {
    groups: { rules: { alert?: string; record?: string; expr: string }[] }[]
  }
  const rules = groups.flatMap(group => group.rules.map(rule => [`rule ${rule.alert ?? rule.record}`, rule.expr] as const))
  const panels = readDashboards().flatMap(dashboard => dashboard.panels)
  const shown = panels.flatMap(panel =>
    panel.queries.prometheus.map(each => [`${panel.dashboard}, ${panel.title}`, each] as const),
  )
  return [...rules, ...shown]
}

/** Configuration of a service: its mounted files. */
function filesOf({ mounts }: Service): readonly string[] {
  return mounts.flatMap(({ kind, source }) => (kind === 'bind' && /\.(yaml|json)$/.test(source) ? [source] : []))
}

/** Variables of docker-compose.yml. */
function expanded(): ReadonlySet<string> {
  const { services } = parse(read('docker-compose.yml')) as { services: Record<string, { environment?: object }> }
  const passedOn = Object.values(services).flatMap(({ environment = {} }) => Object.keys(environment))
  const inTexts = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
  return new Set([...inTexts, ...passedOn])
}

function named(name: string, among = services): Service {
  const found = among.find(service => service.name === name)
  if (found === undefined) throw new Error(`docker-compose.yml has no ${name}`)
  return found
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
