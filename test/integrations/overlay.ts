import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'

const STACK = join(import.meta.dirname, '../../otel/stack')

interface Pipeline {
  readonly receivers?: readonly string[]
  readonly processors?: readonly string[]
  readonly exporters?: readonly string[]
}

type Components = Record<string, object>

/** The parts of a collector's configuration. */
export interface Configuration {
  readonly extensions: Components
  readonly receivers: Components
  readonly processors: Components
  readonly exporters: Components
  readonly service: { readonly extensions: readonly string[]; readonly pipelines: Readonly<Record<string, Pipeline>> }
}

export interface Collector {
  readonly output: () => string
  /** Stops it as an operator does; everything read is then exported, or kept in its queue. */
  readonly stop: () => Promise<void>
}

/** Reads the configuration of the stack with an overlay, merged as the collector merges them. */
export function readOverlay(name: string): Configuration {
  const [base, overlay] = ['collector.yaml', name].map(file => parse(readFileSync(join(STACK, file), 'utf8')))
  return merge(base, overlay) as Configuration
}

/** Returns a configuration that has the named pipelines only, and what they use. */
export function onlyPipelines({ service, ...parts }: Configuration, names: readonly string[]): Configuration {
  const pipelines = Object.fromEntries(names.map(name => [name, service.pipelines[name] ?? {}]))
  const used = (kind: keyof Pipeline) => new Set(Object.values(pipelines).flatMap(pipeline => pipeline[kind] ?? []))
  const pick = (components: Components, wanted: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(components).filter(([name]) => wanted.has(name)))
  const extensions = service.extensions.filter(name => name !== 'health_check')
  return {
    extensions: pick(parts.extensions, new Set(extensions)),
    receivers: pick(parts.receivers, used('receivers')),
    processors: pick(parts.processors, used('processors')),
    exporters: pick(parts.exporters, used('exporters')),
    service: { extensions, pipelines },
  }
}

/** Starts a collector with a new storage; it is killed after the test. */
export function startCollector(
  t: { teardown(end: () => unknown): void },
  program: string,
  configuration: Configuration,
  environment: Readonly<Record<string, string>>,
): Collector {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-collector-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'collector.yaml')
  const telemetry = { metrics: { level: 'none' } }
  writeFileSync(file, stringify({ ...configuration, service: { ...configuration.service, telemetry } }))
  const child = spawn(program, ['--config', file], {
    env: { PATH: process.env.PATH, COLLECTOR_STORAGE_DIR: join(folder, 'storage'), ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', data => {
    output += data
  })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    output: () => output,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

function merge(base: unknown, over: unknown): unknown {
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isMap(base) || !isMap(over)) return over ?? base
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map(key => [key, merge(base[key], over[key])]),
  )
}
