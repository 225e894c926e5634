/** The stack's collector on ports of its own, which writes the log lines into a file to be counted instead of sending them on. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePorts, untilAnswered } from './network.ts'
import { end, startProgram } from './processes.ts'
import { findCollector } from './receiver.ts'
import { cleanEnvironment } from './settings.ts'

export interface TailingCollector {
  readonly endpoint: string
  readonly port: number
  /** Starts it where it stopped, at the same address. */
  start(): Promise<void>
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  /** How often each turn's reply line has come through so far, by turn id. */
  countReplies(): Map<string, number>
}

/** As docker-compose.yml has it. */
const FEATURE_GATES = '--feature-gates=stanza.synchronousLogEmitter'
/** The turn of a reply's line in what the collector writes. One that is killed leaves a batch half written, so batches cannot be parsed as a whole. */
const REPLY = /"body":\{"stringValue":"Bot response sent"\}(?:(?!"body":).)*?"key":"turn_id","value":\{"stringValue":"([^"]+)"/g

/** Prepares one that keeps its position and its output in a folder. Throws where there is no collector on this machine. */
export async function prepareTailingCollector(folder: string, logDir: string): Promise<TailingCollector> {
  const path = findCollector()
  if (path === undefined)
    throw new Error('there is no collector: `npm run test:stack` builds one, or put otelcol-pellucid on the PATH')
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

/** Resolves once these turns' reply lines have come through, or after the limit; says how many are missing and how many came more than once. */
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

interface Places {
  readonly output: string
  readonly port: number
  readonly healthPort: number
  /** For OTLP by gRPC and for the metrics of spans and application. */
  readonly others: readonly number[]
}

/** What is laid over the stack's configuration: other addresses and other ends. JSON is YAML, so the collector reads it. */
function configure({ output, port, healthPort, others: [grpc, spans, application] }: Places): object {
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
