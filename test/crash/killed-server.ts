import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cleanEnvironment } from '../worlds/server-world.ts'
import { until } from '../worlds/until.ts'

const ADDRESS = /Chatbot Initialized.*?(http:\/\/[\d.:]+)/
const RETRY_AFTER_MS = 50
const ROOT = join(import.meta.dirname, '../..')

export interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** How often the request was sent. */
  readonly attempts: number
}

export interface KilledServer {
  /** Starts the process. Resolves when it listens, or at once if it is killed before. */
  start(): Promise<void>
  /** Kills the process without warning. */
  kill(): Promise<void>
  /** Ends the process with SIGTERM and returns its exit code. */
  stop(): Promise<number | null>
  /**
   * Sends a request until there is a reply other than 503: after a kill it waits for the next start
   * and repeats the request unchanged. So its callers need not know about kills.
   * @throws if the connection breaks though the server was not killed.
   */
  request(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Reply>
}

/** A server process that is killed and started again and again over the same folders. */
export function createKilledServer(environment: Record<string, string>): KilledServer {
  let child: ChildProcess | undefined
  /** Where the process listens. */
  let address: string | undefined

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    // Before the signal: a request that fails afterwards waits for the next start.
    address = undefined
    if (child === undefined) return null
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await once(child, 'exit')
    }
    return child.exitCode
  }

  return {
    async start() {
      let output = ''
      const started = spawn(process.execPath, ['--import', './otel/register.ts', 'src/server.ts'], {
        cwd: ROOT,
        env: { ...cleanEnvironment(), PORT: '0', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      const announced = Promise.withResolvers<void>()
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', data => {
          output += data
          const found = ADDRESS.exec(output)?.[1]
          // What a killed process wrote may arrive late.
          if (found === undefined || started.killed) return
          address = found
          announced.resolve()
        })
      const exited = once(started, 'exit').then(([code]) => {
        if (code !== null && code !== 0) throw new Error(`the server ended with ${code}:\n${output}`)
      })
      await Promise.race([announced.promise, exited])
    },
    async kill() {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    async request(method, path, body, headers = {}) {
      for (let attempts = 1; ; attempts++) {
        await until(() => address !== undefined)
        const current = address
        try {
          const reply = await fetch(current + path, {
            method,
            headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
            ...(body && { body: JSON.stringify(body) }),
          })
          const text = await reply.text()
          if (reply.status !== 503) return { status: reply.status, text, headers: reply.headers, attempts }
          await delay(RETRY_AFTER_MS)
        } catch (error) {
          if (current === address) throw new Error(`${method} ${path} failed on a running server`, { cause: error })
        }
      }
    },
  }
}
