/** A collector that takes spans and reads a server's log files, as the stack's does, and writes the lines into a file to be counted. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { end, startProgram } from './processes.ts'
import { findCollector, freePorts, untilAnswered } from './receiver.ts'

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

/** A log record's body in what the collector writes. One that is killed leaves a batch half written, so batches cannot be parsed as a whole. */
const BODY = /"body":\{"stringValue":("(?:[^"\\]|\\.)*")\}/g

/** Prepares one that keeps its position and its output in a folder. Throws where there is no collector on this machine. */
export async function prepareTailingCollector(folder: string, logDir: string): Promise<TailingCollector> {
  const path = findCollector()
  if (path === undefined)
    throw new Error('there is no collector: `npm run test:stack` builds one, or put otelcol-pellucid on the PATH')
  const [port = 0, healthPort = 0] = await freePorts(2)
  const output = join(folder, 'lines.json')
  const config = join(folder, 'collector.json')
  mkdirSync(join(folder, 'position'), { recursive: true })
  writeFileSync(output, '')
  writeFileSync(config, JSON.stringify(configure({ folder, logDir, output, port, healthPort })))
  let child: ReturnType<typeof startProgram> | undefined
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    async start() {
      child = startProgram(path, ['--config', config], { stdio: ['ignore', 'ignore', 'inherit'] })
      await untilAnswered(() => fetch(`http://127.0.0.1:${healthPort}/`))
    },
    kill: async () => void (child && (await end(child))),
    countReplies() {
      const counts = new Map<string, number>()
      for (const [, text = ''] of readFileSync(output, 'utf8').matchAll(BODY)) {
        const { msg, turn_id: id = '' } = JSON.parse(JSON.parse(text)) as { readonly msg?: string; readonly turn_id?: string }
        if (msg === 'Bot response sent') counts.set(id, (counts.get(id) ?? 0) + 1)
      }
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
  readonly folder: string
  readonly logDir: string
  readonly output: string
  readonly port: number
  readonly healthPort: number
}

/** JSON is YAML, so the collector reads it. */
function configure({ folder, logDir, output, port, healthPort }: Places): object {
  return {
    extensions: {
      file_storage: { directory: join(folder, 'position') },
      health_check: { endpoint: `127.0.0.1:${healthPort}` },
    },
    receivers: {
      otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } },
      filelog: { include: [join(logDir, 'chatbot', '*.log')], start_at: 'beginning', storage: 'file_storage' },
    },
    exporters: {
      file: { path: output, append: true },
      debug: { verbosity: 'basic', sampling_initial: 1, sampling_thereafter: 1_000_000 },
    },
    service: {
      extensions: ['file_storage', 'health_check'],
      telemetry: { logs: { level: 'error' }, metrics: { level: 'none' } },
      pipelines: {
        traces: { receivers: ['otlp'], exporters: ['debug'] },
        metrics: { receivers: ['otlp'], exporters: ['debug'] },
        logs: { receivers: ['filelog'], exporters: ['file'] },
      },
    },
  }
}
