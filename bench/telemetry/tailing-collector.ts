/** The stack's collector on its own ports. Writes log lines to a file instead of exporting them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePorts, untilAnswered } from '../harness/network.ts'
import { end, startProgram } from '../harness/processes.ts'
import { findCollector } from '../harness/receiver.ts'
import { cleanEnvironment } from '../harness/settings.ts'

export interface TailingCollector {
  readonly endpoint: string
  readonly port: number
  /** Starts it at the same address, from its stored position. */
  start(): Promise<void>
  /** Kills it with SIGKILL. */
  kill(): Promise<void>
  /** Counts the reply lines received so far, by turn id. */
  countReplies(): Map<string, number>
}

/** As in docker-compose.yml. */
const FEATURE_GATES = '--feature-gates=stanza.synchronousLogEmitter'
/**
 * Matches the turn id of a reply line in the output. A killed collector leaves a partial batch, so
 * batches cannot be parsed as JSON.
 */
const REPLY = /"body":\{"stringValue":"Bot response sent"\}(?:(?!"body":).)*?"key":"turn_id","value":\{"stringValue":"([^"]+)"/g

/**
 * Prepares a collector that stores position and output in a folder. Throws if this machine has no
 * collector.
 */
export async function prepareTailingCollector(folder: string, logDir: string): Promise<TailingCollector> {
  const path = findCollector()
  if (path === undefined)
    throw new Error('no collector found. Run `npm run test:stack` to build one, or put otelcol-pellucid on the PATH')
  const [port = 0, healthPort = 0, ...others] = await freePorts(5)
  const output = join(folder, 'lines.json')
  const overlay = join(folder, 'overlay.json')
  writeFileSync(output, '')
  writeFileSync(overlay, JSON.stringify(configure({ output, port, healthPort, others })))
  const environment = { ...cleanEnvironment(), LOG_DIR: logDir, COLLECTOR_STORAGE_DIR: join(folder, 'position') }
  const args = ['--config', 'otel/stack/collector.yaml', '--config', overlay, FEATURE_GATES]
  let child: ReturnType<typeof startProgram> | undefined
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    async start() {
      child = startProgram(path, args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
      await untilAnswered(() => fetch(`http://127.0.0.1:${healthPort}/`))
    },
    kill: async () => void (child && (await end(child))),
    countReplies() {
      const counts = new Map<string, number>()
      for (const [, id = ''] of readFileSync(output, 'utf8').matchAll(REPLY)) counts.set(id, (counts.get(id) ?? 0) + 1)
      return counts
    },
  }
}

/**
 * Waits until the reply lines of these turns have arrived, or the limit has passed. Returns how
 * many are lost and repeated.
 */
export async function awaitReplies(collector: TailingCollector, turnIds: readonly string[], limitMs: number) {
  const deadline = performance.now() + limitMs
  for (;;) {
    const counts = collector.countReplies()
    const lost = turnIds.filter(id => !counts.has(id)).length
    const repeated = turnIds.filter(id => (counts.get(id) ?? 0) > 1).length
    if (lost === 0 || performance.now() > deadline) return { lost, repeated }
    await setTimeout(500)
  }
}

interface Addresses {
  readonly output: string
  readonly port: number
  readonly healthPort: number
  /** For OTLP over gRPC and the metrics of spans and application. */
  readonly others: readonly number[]
}

/** Returns the overlay: other addresses and exporters. JSON is valid YAML. */
function configure({ output, port, healthPort, others: [grpc, spans, application] }: Addresses): object {
  const at = (port: number | undefined) => ({ endpoint: `127.0.0.1:${port}` })
  return {
    extensions: { health_check: at(healthPort) },
    receivers: { otlp: { protocols: { http: at(port), grpc: at(grpc) } } },
    exporters: {
      file: { path: output, append: true },
      debug: { verbosity: 'basic', sampling_initial: 1, sampling_thereafter: 1_000_000 },
      'prometheus/spans': at(spans),
      'prometheus/application': at(application),
    },
    service: {
      telemetry: { logs: { level: 'error' }, metrics: { level: 'none', readers: [] } },
      pipelines: { traces: { exporters: ['debug'] }, logs: { exporters: ['file'] } },
    },
  }
}
