import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { LossPlace } from '../../../../src/logging/writing/log-counts.ts'
import { type LogProcess, startLogProcess, until } from '../../../worlds/log-process.ts'

const MIB = 1024 * 1024
const MAX_GROWTH_BYTES = 64 * MIB

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** What the log itself says was lost, added up over its lines. */
function toldLost(log: LogProcess, place: LossPlace): number {
  const told = log.records().filter(({ msg }) => msg === 'Log lines were lost')
  return told.reduce((sum, { lost_lines }) => sum + ((lost_lines as Partial<Record<LossPlace, number>>)[place] ?? 0), 0)
}

/** To a process, files that may not grow are what a full disk is; only the error has another name. */
function setFileSizeLimit(log: LogProcess, limit: string): void {
  spawnSync('prlimit', ['--pid', String(log.child.pid), `--fsize=${limit}:unlimited`])
}

t.test('SIGTERM while lines keep coming loses none', async t => {
  const log = await startLogProcess(t)
  let last = 0
  log.child.on('message', ({ i }: { i?: number }) => (last = i ?? last))
  log.tell('loop')
  await until(() => last > 2000)
  log.child.kill('SIGTERM')
  await until(() => log.child.exitCode !== null)
  t.equal(log.child.exitCode, 0)
  const numbers = log.numbers()
  t.ok(numbers.length >= last, `${numbers.length} lines, ${last} told`)
  t.same(numbers, upTo(numbers.length))
})

t.test('kill -9 loses at most the last 100 ms', async t => {
  const log = await startLogProcess(t)
  const told: { i: number; at: number }[] = []
  log.child.on('message', (message: { i: number; at: number }) => told.push(message))
  log.tell('loop')
  await until(() => told.length > 3000)
  log.child.kill('SIGKILL')
  await until(() => log.child.signalCode !== null)
  const end = told.at(-1)?.at ?? 0
  const written = new Set(log.numbers())
  // The number told is that of the next line.
  const lost = told.filter(({ i }) => !written.has(i - 1))
  t.same(
    lost.filter(({ at }) => at < end - 100),
    [],
    `${lost.length} of ${told.length} lines were lost`,
  )
})

t.test('a full disk costs what it costs, counted to the line; when there is room again, lines flow within 2 s', async t => {
  const log = await startLogProcess(t)
  await log.log(10_000, 2000)
  await until(async () => (await log.report()).state.written.chatbot > 10_000)
  const before = await log.report()
  setFileSizeLimit(log, String(2 * MIB))
  await log.log(10_000, 2000)
  await until(async () => (await log.report()).state.lost.chatbot > 0)
  const during = await log.report()
  t.match(during.state.failure, /EFBIG/)
  t.ok(during.maxDelayMs < 500, `the event loop was held for ${during.maxDelayMs} ms`)
  t.ok(during.rssBytes - before.rssBytes < MAX_GROWTH_BYTES, `${(during.rssBytes - before.rssBytes) / MIB} MiB more`)

  setFileSizeLimit(log, 'unlimited')
  const from = performance.now()
  await until(async () => (await log.report()).state.failure === undefined)
  t.ok(performance.now() - from < 2000)
  await until(() => toldLost(log, 'chatbot') > 0)
  await log.log(100)
  await log.close()
  const numbers = log.numbers()
  t.equal(new Set(numbers).size, numbers.length, 'none is there twice')
  t.equal(toldLost(log, 'chatbot'), 20_100 - numbers.length, 'the one line says how many are missing')
  t.same(numbers.slice(-100), upTo(20_100).slice(-100))
  for (const stream of ['debug', 'info', 'warning', 'error'] as const) {
    t.equal(log.numbers(stream).length + toldLost(log, stream), 5025, stream)
  }
})

t.test('a directory that is removed, or a file deleted, takes with it only what it held', async t => {
  const log = await startLogProcess(t)
  for (const [round, victim] of ['.', 'chatbot', 'info', '.'].entries()) {
    await log.log(1000)
    await until(async () => (await log.report()).state.written.chatbot >= 1000 * (round + 1))
    rmSync(join(log.dir, victim), { recursive: true })
  }
  await log.log(1000)
  for (const file of readdirSync(join(log.dir, 'error'))) rmSync(join(log.dir, 'error', file))
  await log.close()
  t.same(log.numbers(), upTo(5000).slice(4000), 'what came after the last removal is there')
  t.match((readFileSync(join(log.dir, 'current.log'), 'utf8').match(/\n/g) ?? []).length, 1000)
})

t.test('rights that are taken away are missed only until they are back', async t => {
  const log = await startLogProcess(t)
  await log.log(100)
  await until(async () => (await log.report()).state.written.chatbot > 100)
  log.tell('drop')
  chmodSync(log.dir, 0o755)
  renameSync(join(log.dir, 'chatbot'), join(log.dir, 'moved'))
  mkdirSync(join(log.dir, 'chatbot'), { mode: 0o555 })
  await until(async () => /EACCES/.test((await log.report()).state.failure ?? ''))
  await log.log(1000)
  chmodSync(join(log.dir, 'chatbot'), 0o777)
  const from = performance.now()
  await until(async () => (await log.report()).state.failure === undefined)
  t.ok(performance.now() - from < 2000)
  await log.log(100)
  const { state } = await log.report()
  t.equal(state.lost.chatbot, 0)
  await log.close()
  t.same(log.numbers(), upTo(1200).slice(100))
})

t.test('a reader of stdout that stalls holds nothing up, and learns from the log what it missed', async t => {
  const log = await startLogProcess(t, { terminal: 'json' })
  let shown = 0
  let unended = ''
  log.child.stdout?.on('data', (data: Buffer) => {
    const lines = (unended + data.toString('latin1')).split('\n')
    unended = lines.pop() ?? ''
    shown += lines.filter(line => line.includes('"msg":"numbered"')).length
  })
  await log.log(10_000, 2000)
  // A busy machine may lose some even here; they are counted.
  await until(async () => shown + (await log.report()).state.lost.terminal === 10_000)
  log.child.stdout?.pause()
  const before = await log.report()
  await log.log(20_000, 2000)
  await until(async () => (await log.report()).state.lost.terminal > before.state.lost.terminal)
  const during = await log.report()
  t.ok(during.maxDelayMs < 500, `the event loop was held for ${during.maxDelayMs} ms`)
  t.ok(during.rssBytes - before.rssBytes < MAX_GROWTH_BYTES, `${(during.rssBytes - before.rssBytes) / MIB} MiB more`)
  log.child.stdout?.resume()
  await until(() => toldLost(log, 'terminal') > 0)
  await log.log(100)
  await log.close()
  t.same(log.numbers(), upTo(30_100), 'the files have them all')
  t.equal(toldLost(log, 'terminal'), 30_100 - shown)
})

t.test('a worker that dies is started anew, and takes with it only lines that are counted', async t => {
  const preload = `
    import { isMainThread } from 'node:worker_threads'
    if (!isMainThread) new BroadcastChannel('die').onmessage = () => { throw new Error('killed') }`
  const log = await startLogProcess(t, { preload })
  await log.log(1000)
  log.tell('die')
  await log.log(5000)
  await until(async () => /died: killed/.test((await log.report()).state.failure ?? ''))
  await log.log(100)
  await until(async () => (await log.report()).state.failure === undefined)
  await until(() => toldLost(log, 'chatbot') > 0)
  await log.log(100)
  await log.close()
  t.equal(log.numbers().length + toldLost(log, 'chatbot'), 6200)
})
