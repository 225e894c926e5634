import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerWorld } from '../../worlds/server-world.ts'
import { importCode } from '../../worlds/time-limits.ts'
import { until } from '../../worlds/until.ts'
import type { Disturbance, Scenario } from './scenario.ts'

const KILLS = 5
export const DESCRIPTORS = 256
const CONNECTIONS = 400
const MEMORY_BYTES = 512 * 2 ** 20

/** The settings of a server whose threads of this name end on SIGUSR2. */
export function killable(threadName: string): Record<string, string> {
  const code = `
    import { isMainThread, threadName } from 'node:worker_threads'
    const channel = new BroadcastChannel('end-thread')
    channel.unref()
    if (isMainThread) process.on('SIGUSR2', () => channel.postMessage(''))
    else if (threadName === ${JSON.stringify(threadName)}) channel.onmessage = () => { throw new Error('killed by the test') }`
  return { NODE_OPTIONS: importCode(code) }
}

/** Ends a thread of the server several times, each when it runs again. */
export function killScenario(name: string, restarts: RegExp, codes: readonly string[]): Scenario {
  return {
    name: `killed: ${name}`,
    failing: [],
    isFlaky: true,
    codes,
    async begin({ process, logLines, output }) {
      const ended = () =>
        logLines().filter(({ msg }) => restarts.test(String(msg))).length + output().split('the log worker died').length - 1
      for (let kills = 1; kills <= KILLS; kills++) {
        process.kill('SIGUSR2')
        // A thread that is just starting does not hear the order.
        for (let tries = 1; ended() < kills; tries++) {
          await delay(100)
          if (tries % 10 === 0) process.kill('SIGUSR2')
        }
      }
      return { hits: ended, end() {} }
    },
  }
}

/** A collector that can stop answering, at the address that the server exports to. */
export async function startCollector(t: { teardown(fn: () => unknown): void }) {
  const sockets = new Set<Socket>()
  let mode: 'hangs' | 'refuses' | 'resets' = 'hangs'
  let met = 0
  const server = createServer(socket => {
    met++
    sockets.add(socket.on('error', () => sockets.delete(socket)).on('close', () => sockets.delete(socket)))
    if (mode === 'resets') socket.resetAndDestroy()
    else socket.resume()
  })
  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_METRIC_EXPORT_TIMEOUT: '500',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BSP_EXPORT_TIMEOUT: '500',
  }
  function scenario(name: typeof mode): Scenario {
    return {
      name: `collector ${name}`,
      failing: [],
      begin(): Disturbance {
        mode = name
        met = name === 'refuses' ? 1 : 0
        for (const socket of sockets) socket.destroy()
        if (name === 'refuses') server.close()
        return { hits: () => met, end() {} }
      },
    }
  }
  return { settings, scenario }
}

/** More connections than the server may have descriptors. */
export const descriptorScenario: Scenario = {
  name: `ulimit -n ${DESCRIPTORS}, ${CONNECTIONS} connections`,
  failing: [],
  isFlaky: true,
  codes: ['0 ECONNRESET', '0 UND_ERR_SOCKET'],
  async begin({ address }: ServerWorld) {
    const { hostname, port } = new URL(address)
    let opened = 0
    const sockets = Array.from({ length: CONNECTIONS }, () =>
      connect(Number(port), hostname)
        .on('connect', () => opened++)
        .on('error', () => opened++),
    )
    await until(() => opened === CONNECTIONS)
    return { hits: () => opened, end: () => sockets.map(socket => socket.destroy()) }
  },
}

/** Makes a cgroup with a limit of memory. Undefined where none can be made. */
export function makeMemoryLimit(t: {
  teardown(fn: () => unknown): void
}): { readonly cgroup: string; readonly scenario: Scenario } | undefined {
  const [root, limit, peak] = existsSync('/sys/fs/cgroup/cgroup.controllers')
    ? ['/sys/fs/cgroup', 'memory.max', 'memory.peak']
    : ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.max_usage_in_bytes']
  const cgroup = join(root, `pellucid-${process.pid}`)
  try {
    mkdirSync(cgroup)
    t.teardown(() => rmdirSync(cgroup))
    writeFileSync(join(cgroup, limit), String(MEMORY_BYTES))
  } catch {
    // Without root, or with cgroups that cannot be written, such as in a container.
    return undefined
  }
  const peakMib = () => Math.round(Number(readFileSync(join(cgroup, peak), 'utf8')) / 2 ** 20)
  const scenario: Scenario = {
    name: `memory: ${MEMORY_BYTES / 2 ** 20} MB (met: MB at the most)`,
    failing: [],
    begin: () => ({ hits: peakMib, end() {} }),
  }
  return { cgroup, scenario }
}
