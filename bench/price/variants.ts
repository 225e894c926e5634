/** The programs that `npm run bench` compares. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { startReady, startServer } from '../harness/documents.ts'
import { ROOT, type Started } from '../harness/processes.ts'
import type { Receiver } from '../harness/receiver.ts'
import { NO_LINES, NO_METRICS, NO_TRACES, OFF, sampled, USUAL_OPTIONS, USUAL_SIGNALS } from '../harness/settings.ts'

export interface World {
  /** Folder for temporary files. */
  readonly work: string
  readonly receiver: Receiver
  /** Data directory with the documents. Each program runs on a copy. */
  readonly dataDir: string
  /** The passages of the documents, as JSON Lines. */
  readonly passages: string
  /** Python with the packages of `bench/peers`, if there is one. */
  readonly python: string | undefined
}

export interface Variant {
  /** The name for `--only`. */
  readonly key: string
  readonly name: string
  /** Starts the program with folders of its own. Resolves once it is ready. */
  start(world: World): Promise<Started>
}

/**
 * A machine with one core has no answer workers by default. With a worker on the same core, a turn
 * takes 1.4 times as much.
 */
const ONE_CORE = { ANSWER_WORKERS: '0' }

const BARE: Variant = {
  key: 'bare',
  name: 'bare Fastify, a receipt of the same size',
  start: () => startReady(process.execPath, ['bench/price/programs/bare.ts'], {}),
}

/** The full service. The other tables and the profile refer to it. */
export const ALL = pellucid('all', 'Pellucid, all', {})

/** The reference is the first. */
export const VARIANTS: readonly Variant[] = [
  BARE,
  pellucid('off', 'Pellucid, telemetry off', { ...OFF, ...NO_LINES }),
  pellucid('logs', '+ logs', OFF),
  pellucid('metrics', '+ metrics', { ...NO_TRACES, ...NO_LINES }),
  pellucid('traces-1', '+ traces, 1 %', { ...NO_METRICS, ...NO_LINES, ...sampled(0.01) }),
  pellucid('traces-10', '+ traces, 10 %', { ...NO_METRICS, ...NO_LINES, ...sampled(0.1) }),
  pellucid('traces-100', '+ traces, 100 %', { ...NO_METRICS, ...NO_LINES }),
  ALL,
  {
    key: 'usual',
    name: 'the same turn, usual instrumentation',
    start: ({ receiver, ...world }) =>
      startReady(process.execPath, [...USUAL_OPTIONS, 'bench/price/programs/usual.ts'], {
        ...receiver.environment,
        ...USUAL_SIGNALS,
        ...copyData(world, 'usual'),
      }),
  },
  {
    key: 'python',
    name: 'Python: FastAPI, bm25s',
    start: ({ receiver, work, passages, python = 'python3' }) =>
      startReady(python, [join(ROOT, 'bench/peers/service.py')], {
        ...receiver.environment,
        OTEL_SERVICE_NAME: 'peer',
        PASSAGES: passages,
        DATA_DIR: join(work, 'python'),
      }),
  },
]

/** Starts the full service with these options of Node. */
export function startWith(world: World, name: string, nodeOptions: readonly string[]): Promise<Started> {
  const { DATA_DIR, LOG_DIR } = copyData(world, name)
  return startServer(DATA_DIR, LOG_DIR, { ...world.receiver.environment, ...ONE_CORE }, nodeOptions)
}

function pellucid(key: string, name: string, environment: Readonly<Record<string, string>>): Variant {
  return {
    key,
    name,
    start: ({ receiver, ...world }) => {
      const { DATA_DIR, LOG_DIR } = copyData(world, key)
      return startServer(DATA_DIR, LOG_DIR, { ...receiver.environment, ...ONE_CORE, ...environment })
    },
  }
}

function copyData({ work, dataDir }: Pick<World, 'work' | 'dataDir'>, name: string) {
  const folders = { DATA_DIR: join(work, `data-${name}`), LOG_DIR: join(work, `logs-${name}`), MAX_SESSIONS: '10000000' }
  cpSync(dataDir, folders.DATA_DIR, { recursive: true })
  return folders
}
