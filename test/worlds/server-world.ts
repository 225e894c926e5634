import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPseudonymizer, loadPseudonymKey } from '../../src/access/pseudonym.ts'
import { UNREACHED_MS } from './time-limits.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Limits that a busy machine does not exceed. A lagging event loop is no overload there. */
const UNHURRIED = { MAX_EVENT_LOOP_DELAY_MS: '0', SHUTDOWN_TIMEOUT_MS: String(UNREACHED_MS) }
/** Without a collector, the last export would be retried for this time. */
const NO_COLLECTOR = { OTEL_EXPORTER_OTLP_TIMEOUT: '1000' }
const COLLECTOR = { OTEL_EXPORTER_OTLP_TIMEOUT: String(UNREACHED_MS), OTEL_BSP_EXPORT_TIMEOUT: String(UNREACHED_MS) }

export interface ServerWorld {
  readonly process: ChildProcess
  readonly address: string
  readonly dataDir: string
  readonly logDir: string
  /** The output of the process so far. */
  output(): string
  /** All lines of the log files so far, parsed, in the order of writing. */
  logLines(): Record<string, unknown>[]
  /** Sends a signal, SIGTERM by default, and resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Creates temporary folders for data and logs, removed after the test. */
export function makeFolders(t: { teardown(fn: () => unknown): void }): { readonly dataDir: string; readonly logDir: string } {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-server-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return { dataDir: join(folder, 'data'), logDir: join(folder, 'logs') }
}

/**
 * Starts the server as a separate process on a free port and resolves when it listens. It may have
 * `descriptors` files and connections open, and belong to a `cgroup`, named by its folder. It is
 * killed after the test.
 */
export async function startServer(
  t: { teardown(fn: () => unknown): void },
  environment: Record<string, string> = {},
  { dataDir, logDir } = makeFolders(t),
  descriptors?: number,
  cgroup?: string,
): Promise<ServerWorld> {
  const exporting = 'OTEL_EXPORTER_OTLP_ENDPOINT' in environment ? COLLECTOR : {}
  const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors} && `
  const joining = cgroup === undefined ? '' : `echo $$ >${cgroup}/cgroup.procs && `
  const command = [process.execPath, '--import', './otel/register.ts', 'src/server.ts']
  const child = spawn('sh', ['-c', `${joining}${limit}exec "$0" "$@"`, ...command], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), PORT: '0', DATA_DIR: dataDir, LOG_DIR: logDir, ...exporting, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let isListening = false
  const exited = once(child, 'exit')
  const listening = new Promise<string>((resolve, reject) => {
    const take = (data: Buffer) => {
      output += data
      if (isListening) return
      const address = /Chatbot Initialized.*?(http:\/\/[\d.:[\]]+)/.exec(output)?.[1]
      if (address === undefined) return
      isListening = true
      resolve(address)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    void exited.then(([code]) => reject(new Error(`the server ended with ${code}:\n${output}`)))
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    process: child,
    address: await listening,
    dataDir,
    logDir,
    output: () => output,
    logLines: () =>
      readdirSync(join(logDir, 'chatbot'))
        .sort()
        .flatMap(file =>
          readFileSync(join(logDir, 'chatbot', file), 'utf8')
            .split('\n')
            // The last line may be half written.
            .slice(0, -1),
        )
        .map(line => JSON.parse(line)),
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      const [code] = await exited
      return code as number | null
    },
  }
}

/**
 * The environment of the test run without Node options and without settings of the server, except
 * for time limits that a busy machine does not exceed.
 */
export function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|LANG|TZ)$/.test(name))
  return { ...Object.fromEntries(kept), ...UNHURRIED, ...NO_COLLECTOR }
}

/** The pseudonym of a session in logs and spans of a server. */
export function nameSession({ dataDir }: Pick<ServerWorld, 'dataDir'>, id: string): string {
  return createPseudonymizer(loadPseudonymKey(dataDir)).session(id)
}

/** Posts a chat message. */
export async function say(address: string, message: string, more: object = {}, headers: Record<string, string> = {}) {
  const reply = await fetch(`${address}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message, ...more }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: the reply's shape is what a test asserts
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as any }
}
