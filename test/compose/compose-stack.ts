import { setTimeout as delay } from 'node:timers/promises'
import type { Service } from '../stack/world/compose.ts'
import { isOk, until } from '../stack/world/waiting.ts'
import type { Engine } from './engine.ts'

/** State of a container. */
export interface State {
  readonly isRunning: boolean
  /** Undefined without a health check. */
  readonly health: string | undefined
  readonly exitCode: number
  readonly isOutOfMemory: boolean
  readonly startedAt: string
  /** How often the restart policy started it again. */
  readonly restarts: number
  /** In the engine's machine. */
  readonly pid: number
  /** 0 without a limit. */
  readonly memoryLimitBytes: number
}

/** The services of docker-compose.yml in the engine. */
export interface ComposeStack {
  readonly engine: Engine
  /** Services that stay up. */
  readonly names: readonly string[]
  /** Why the others are left out, by their name. */
  readonly missing: ReadonlyMap<string, string>
  /** Starts what does not run. */
  up(): Promise<void>
  inspect(name: string): Promise<State>
  /** Resolves when a service answers, and the engine says that it is healthy. */
  untilHealthy(name: string): Promise<void>
  untilAllHealthy(): Promise<void>
  /** Kills the main process of a container, which the restart policy starts again. */
  killProcess(name: string): Promise<void>
}

export const CHATBOT = 'http://127.0.0.1:8000'
export const PROMETHEUS = 'http://127.0.0.1:9090'
export const LOKI = 'http://127.0.0.1:3100'
export const JAEGER = 'http://127.0.0.1:16686'
/** Addresses that answer when a service is ready. */
const READY: Readonly<Record<string, string>> = {
  pellucid: `${CHATBOT}/health/ready`,
  collector: 'http://127.0.0.1:13133/',
  jaeger: `${JAEGER}/`,
  loki: `${LOKI}/ready`,
  prometheus: `${PROMETHEUS}/-/ready`,
  alertmanager: 'http://127.0.0.1:9093/-/ready',
  grafana: 'http://127.0.0.1:3000/api/health',
}
const READY_WITHIN_S = 180
const RESTARTED_WITHIN_S = 90
const RETRY_DELAY_MS = 100

/** @param unchecked services whose health check cannot succeed. */
export function createComposeStack(
  engine: Engine,
  services: readonly Service[],
  missing: ReadonlyMap<string, string>,
  unchecked: readonly string[],
): ComposeStack {
  const started = services.map(({ name }) => name).filter(name => !missing.has(name))
  const names = started.filter(name => !services.some(({ dependsOn }) => dependsOn[name] === 'service_completed_successfully'))
  const stack: ComposeStack = {
    engine,
    names,
    missing,
    async up() {
      // The images are there; a missing one is an error.
      await engine.docker('compose', 'up', '--detach', '--no-build', '--pull', 'never', ...started)
    },
    async inspect(name) {
      const id = await engine.docker('compose', 'ps', '--all', '--quiet', name)
      return readState(JSON.parse(await engine.docker('inspect', id))[0])
    },
    async untilHealthy(name) {
      const isAnswering = () => isOk(READY[name] ?? '')
      await until(`${name} answers at ${READY[name]}`, isAnswering, READY_WITHIN_S)
      const isHealthy = async () => ['healthy', undefined].includes((await stack.inspect(name)).health)
      if (!unchecked.includes(name)) await until(`${name} is healthy`, isHealthy, READY_WITHIN_S)
    },
    async untilAllHealthy() {
      for (const name of names) await stack.untilHealthy(name)
    },
    async killProcess(name) {
      const before = await stack.inspect(name)
      // The engine's own `kill` would count as a wish that the container stays down.
      const kill = ['sh', '-c', `kill -9 ${before.pid}`]
      const busybox = services.find(({ image }) => image.startsWith('busybox:'))?.image ?? 'busybox'
      await engine.docker('run', '--rm', '--pull', 'never', '--network', 'none', '--pid', 'host', '--user', '0', busybox, ...kill)
      await until(
        `the restart policy has started ${name} again`,
        async () => {
          const { isRunning, restarts, startedAt } = await stack.inspect(name)
          return isRunning && restarts > before.restarts && startedAt !== before.startedAt
        },
        RESTARTED_WITHIN_S,
      )
    },
  }
  return stack
}

// biome-ignore lint/suspicious/noExplicitAny: the engine's own record
function readState({ State, HostConfig, RestartCount }: any): State {
  return {
    isRunning: State.Running,
    health: State.Health?.Status,
    exitCode: State.ExitCode,
    isOutOfMemory: State.OOMKilled,
    startedAt: State.StartedAt,
    restarts: RestartCount,
    pid: State.Pid,
    memoryLimitBytes: HostConfig.Memory,
  }
}

/** Requests JSON until the status is 2xx. */
// biome-ignore lint/suspicious/noExplicitAny: the reply's shape is what a check looks at
export async function readJson(url: string): Promise<any> {
  for (;;) {
    const reply = await fetch(url).catch(() => undefined)
    if (reply?.ok === true) return reply.json()
    await reply?.arrayBuffer()
    await delay(RETRY_DELAY_MS)
  }
}
