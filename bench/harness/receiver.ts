/**
 * Receives the telemetry: the collector, or a small program that counts spans if there is no
 * collector.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePorts, untilAnswered } from './network.ts'
import { end, startNode, startProgram } from './processes.ts'

const NAME = 'otelcol-pellucid'
/** Holds the collectors of `npm run test:stack` and the Python packages of `npm run bench`. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pellucid')

export interface Receiver {
  readonly what: string
  readonly pid: number
  /** Variables that make a service export here. */
  readonly environment: Readonly<Record<string, string>>
  /** Spans received so far. */
  countSpans(): Promise<number>
  kill(): Promise<void>
}

/**
 * Finds the collector on the PATH or in the cache of `npm run test:stack`; undefined if there is
 * none.
 */
export function findCollector(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, NAME))
  return onPath.find(path => existsSync(path)) ?? findBelow(CACHE, NAME)
}

/** Starts a receiver on a free port. It discards everything. */
export async function startReceiver(): Promise<Receiver> {
  const collector = findCollector()
  if (collector !== undefined) return startCollector(collector)
  const { pid, address, kill } = await startNode(['bench/harness/sink.ts'])
  return {
    what: 'a small program that counts spans',
    pid,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: address },
    countSpans: async () => Number(await (await fetch(address)).text()),
    kill,
  }
}

async function startCollector(path: string): Promise<Receiver> {
  const [otlp = 0, metrics = 0] = await freePorts(2)
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-collector-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'collector.json')
  writeFileSync(file, JSON.stringify(swallow(otlp, metrics)))
  const child = startProgram(path, ['--config', file], { stdio: ['ignore', 'ignore', 'inherit'] })
  const readMetrics = async () => (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
  await untilAnswered(readMetrics)
  return {
    what: 'the collector',
    pid: child.pid ?? 0,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlp}` },
    countSpans: async () => Number(/^otelcol_receiver_accepted_spans\{.*\} (\S+)/m.exec(await readMetrics())?.[1] ?? 0),
    kill: () => end(child),
  }
}

/** JSON is YAML, so the collector reads it. */
function swallow(otlpPort: number, metricsPort: number): object {
  const pipeline = { receivers: ['otlp'], exporters: ['debug'] }
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlpPort}` } } } },
    exporters: { debug: { verbosity: 'basic', sampling_initial: 1, sampling_thereafter: 1_000_000 } },
    service: {
      telemetry: {
        logs: { level: 'error' },
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: metricsPort } } } }] },
      },
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
    },
  }
}

/** Finds the newest file of this name in the subfolders of a folder; undefined without one. */
function findBelow(folder: string, name: string): string | undefined {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith(`/${name}`))
      .map(file => join(folder, file))
      .at(-1)
  } catch {
    // The folder does not exist: nothing is cached.
    return undefined
  }
}
