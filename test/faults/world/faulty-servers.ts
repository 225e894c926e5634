import { makeFolders, type ServerWorld, startServer } from '../../worlds/server-world.ts'
import { buildFaultLayer } from '../layer/fault-layer.ts'
import { listDiskScenarios } from './disk-scenarios.ts'
import { DESCRIPTORS, descriptorScenario, killable, killScenario, makeMemoryLimit, startCollector } from './process-scenarios.ts'
import type { Scenario } from './scenario.ts'

interface Teardown {
  teardown(fn: () => unknown): void
}

/** A server and the faults that it can be made to meet, one after the other. */
export interface FaultyServer {
  readonly scenarios: readonly Scenario[]
  start(): Promise<ServerWorld>
}

const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', ANSWER_WORKERS: '1' }

/** Failing and slow calls to files. */
export function faultyFiles(t: Teardown): FaultyServer {
  const folders = makeFolders(t)
  const layer = buildFaultLayer(t)
  return {
    scenarios: listDiskScenarios(folders, layer),
    start: () => startServer(t, { ...QUIET, ...layer.environment }, folders),
  }
}

/** Ended threads. The answer workers have no name. */
export function endedThreads(): readonly ((t: Teardown) => FaultyServer)[] {
  const threads = [
    ['database writer', 'database-writer', /^Database writer exited/, ['503 DATABASE_UNAVAILABLE']],
    ['answer worker', 'WorkerThread', /^Answer worker ended/, ['503 ANSWER_FAILED', '503 OVERLOADED']],
    ['log writer', 'log-writer', /^Log lines dropped/, []],
  ] as const
  return threads.map(([name, thread, restarts, codes]) => t => ({
    scenarios: [killScenario(name, restarts, codes)],
    start: () => startServer(t, { ...QUIET, ...killable(thread) }),
  }))
}

/** A collector that does not take what is exported. */
export async function brokenCollector(t: Teardown): Promise<FaultyServer> {
  const { settings, scenario } = await startCollector(t)
  return {
    scenarios: [scenario('hangs'), scenario('resets'), scenario('refuses')],
    start: () => startServer(t, { ...QUIET, ...settings }),
  }
}

/** Few descriptors. */
export function fewDescriptors(t: Teardown): FaultyServer {
  return { scenarios: [descriptorScenario], start: () => startServer(t, QUIET, undefined, DESCRIPTORS) }
}

/** Little memory. Without a scenario where no cgroup can be made. */
export function littleMemory(t: Teardown): FaultyServer {
  const limit = makeMemoryLimit(t)
  return {
    scenarios: limit === undefined ? [] : [limit.scenario],
    start: () => startServer(t, QUIET, undefined, undefined, limit?.cgroup),
  }
}
