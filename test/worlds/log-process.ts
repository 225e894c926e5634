import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LogState } from '../../src/logging/writing/log-transport.ts'
import { UNREACHED_MS } from './time-limits.ts'

const LOGGER = pathToFileURL(join(import.meta.dirname, '../../src/logging/logger.ts')).href

/** A process that writes numbered lines to its own log and reports the state of that log. */
export interface LogProcess {
  readonly child: ChildProcess
  readonly dir: string
  /**
   * Writes more lines of about so many bytes, a hundred every 4 ms. Resolves when the log has taken
   * them. If it resolves while a disk or a reader is stuck, the event loop is not blocked.
   */
  log(lines: number, bytes?: number): Promise<void>
  /**
   * Sends an order: `loop` writes lines without end, `die` crashes the log worker, `drop` gives up
   * root's permissions.
   */
  order(order: 'loop' | 'die' | 'drop'): void
  report(): Promise<LogProcessReport>
  /** Closes the log and ends the process. Resolves to the last state of the log. */
  close(): Promise<LogState>
  /** Output on stderr so far. */
  errorOutput(): string
  /** The parsed lines of a stream, from all its files, in order. */
  records(stream?: string): Record<string, unknown>[]
  /** The numbers in a stream. */
  numbers(stream?: string): number[]
}

export interface LogProcessReport {
  readonly state: LogState
  readonly rssBytes: number
}

/**
 * Starts the process; it ends with the test. `wrap` comes before its command line; all its threads
 * load `preload`, a module, first.
 */
export async function startLogProcess(
  t: { teardown(fn: () => unknown): void },
  {
    terminal = 'none',
    maxFileBytes = 100 * 1024 * 1024,
    closeTimeoutMs = UNREACHED_MS,
    wrap = [] as readonly string[],
    preload = '',
  } = {},
): Promise<LogProcess> {
  const root = mkdtempSync(join(tmpdir(), 'pellucid-log-process-'))
  // The process can still reach its log after it has given up root's permissions.
  chmodSync(root, 0o711)
  const dir = join(root, 'logs')
  const program = join(root, 'program.mjs')
  writeFileSync(program, programText({ level: 'DEBUG', dir, terminal, maxFileBytes, closeTimeoutMs }))
  writeFileSync(join(root, 'preload.mjs'), preload)
  // The loaders of the test runner would end the process at signals that it handles itself.
  const options = preload === '' ? [] : [`NODE_OPTIONS=--import=${pathToFileURL(join(root, 'preload.mjs')).href}`]
  const [command = '', ...args] = [...wrap, 'env', '-u', 'NODE_OPTIONS', ...options, process.execPath, program]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const exited = once(child, 'exit')
  let errors = ''
  child.stderr?.on('data', (data: Buffer) => (errors += data))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
    rmSync(root, { recursive: true, force: true })
  })
  await once(child, 'message')

  async function ask(order: object): Promise<unknown> {
    const answer = once(child, 'message')
    child.send(order)
    return (await answer)[0]
  }
  const records = (stream = 'chatbot') =>
    globSync(join(dir, stream, '*.log'))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .flatMap(file => readFileSync(file, 'utf8').split('\n').slice(0, -1))
      .map(line => JSON.parse(line))
  return {
    child,
    dir,
    log: async (lines, bytes = 300) => void (await ask({ lines, bytes })),
    order: order => void child.send({ order }),
    report: async () => (await ask({ order: 'report' })) as LogProcessReport,
    async close() {
      const state = (await ask({ order: 'close' })) as LogState
      await exited
      return state
    },
    errorOutput: () => errors,
    records,
    numbers: stream => records(stream).flatMap(({ i }) => (typeof i === 'number' ? [i] : [])),
  }
}

function programText(options: object): string {
  return `
    import { createLogger } from ${JSON.stringify(LOGGER)}
    const app = createLogger(${JSON.stringify(options)})
    const methods = ['debug', 'info', 'warn', 'error']
    let i = 0
    const write = bytes => app.logger[methods[i % 4]]({ i: i++, text: 'x'.repeat(bytes - 150) }, 'numbered')
    function burst({ lines, bytes }) {
      for (let n = 0; n < Math.min(100, lines); n++) write(bytes)
      if (lines > 100) setTimeout(burst, 4, { lines: lines - 100, bytes })
      else process.send('done')
    }
    let stopping = false
    function loop() {
      if (stopping) return
      write(300)
      process.send({ i, written: app.state.written.chatbot })
      setImmediate(loop)
    }
    const orders = {
      loop,
      drop: () => process.geteuid() === 0 && process.seteuid(65534),
      die: () => new BroadcastChannel('die').postMessage(''),
      report: () => process.send({ state: app.state, rssBytes: process.memoryUsage.rss() }),
      close: () => app.close().then(() => process.send(app.state, () => process.exit(0))),
    }
    process.on('message', message => (message.order ? orders[message.order]() : burst(message)))
    process.once('SIGTERM', () => {
      stopping = true
      orders.close()
    })
    app.logger.info('started')
    const started = setInterval(() => {
      if (app.state.written.chatbot === 0 && app.state.failure === undefined) return
      clearInterval(started)
      process.send('ready')
    }, 10)`
}
