import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Sink } from '../../../../src/logging/writing/log-counts.ts'
import { type LogProcess, startLogProcess } from '../../../worlds/log-process.ts'
import { until } from '../../../worlds/until.ts'

const MIB = 1024 * 1024
const MAX_GROWTH_BYTES = 64 * MIB

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** Sums the dropped lines that the log reports. */
function reportedDrops(log: LogProcess, sink: Sink): number {
  const reports = log.records().filter(({ msg }) => msg === 'Log lines dropped')
  return reports.reduce((sum, { dropped_lines }) => sum + ((dropped_lines as Partial<Record<Sink, number>>)[sink] ?? 0), 0)
}

/** Limits the size of files, which the process sees as a full disk with another error code. */
function setFileSizeLimit(log: LogProcess, limit: string): void {
  spawnSync('prlimit', ['--pid', String(log.child.pid), `--fsize=${limit}:unlimited`])
}

/**
 * Writes lines in portions and waits after each until the files hold it. No queue overflows, even
 * on a slow machine.
 */
async function logSlowly(log: LogProcess, portions: number, bytes: number): Promise<void> {
  for (let portion = 0; portion < portions; portion++) {
    await log.log(1000, bytes)
    await until(async () => (await log.report()).state.waiting === 0)
  }
}

/** Counts the whole lines that the process writes to stdout. */
function countShown(log: LogProcess): { readonly lines: number } {
  const shown = { lines: 0 }
  log.child.stdout?.on('data', (data: Buffer) => {
    for (const byte of data) if (byte === 10) shown.lines++
  })
  return shown
}

t.test('SIGTERM while lines keep coming loses none', async t => {
  const log = await startLogProcess(t)
  let last = 0
  log.child.on('message', ({ i }: { i?: number }) => (last = i ?? last))
  log.order('loop')
  await until(() => last > 2000)
  log.child.kill('SIGTERM')
  await until(() => log.child.exitCode !== null)
  t.equal(log.child.exitCode, 0)
  const numbers = log.numbers()
  t.ok(numbers.length >= last, `${numbers.length} lines, ${last} reported`)
  t.same(numbers, upTo(numbers.length))
})

t.test('kill -9 loses no line that was counted as written, and of the others only the newest', async t => {
  const log = await startLogProcess(t)
  let written = 0
  log.child.on('message', (message: { written?: number }) => (written = message.written ?? written))
  log.order('loop')
  await until(() => written > 3000)
  log.child.kill('SIGKILL')
  await until(() => log.child.signalCode !== null)
  t.ok(log.records().length >= written, `${log.records().length} lines, ${written} counted`)
  t.same(log.numbers(), upTo(log.numbers().length))
})

t.test('on a full disk, dropped lines are counted exactly, and writing resumes when space is free', async t => {
  const log = await startLogProcess(t)
  await logSlowly(log, 10, 2000)
  const before = await log.report()
  setFileSizeLimit(log, String(2 * MIB))
  await log.log(10_000, 2000)
  await until(async () => (await log.report()).state.dropped.chatbot > 0)
  const during = await log.report()
  t.match(during.state.failure, /EFBIG/)
  t.ok(during.rssBytes - before.rssBytes < MAX_GROWTH_BYTES, `${(during.rssBytes - before.rssBytes) / MIB} MiB more`)

  setFileSizeLimit(log, 'unlimited')
  await until(async () => (await log.report()).state.failure === undefined)
  await until(() => reportedDrops(log, 'chatbot') > 0)
  await log.log(100)
  const { dropped } = await log.close()
  const numbers = log.numbers()
  t.equal(new Set(numbers).size, numbers.length, 'no line is written twice')
  t.equal(reportedDrops(log, 'chatbot'), 20_100 - numbers.length, 'the log reports how many are missing')
  t.equal(dropped.chatbot, 20_100 - numbers.length)
  t.same(numbers.slice(-100), upTo(20_100).slice(-100))
  for (const stream of ['debug', 'info', 'warning', 'error'] as const) {
    t.equal(log.numbers(stream).length + reportedDrops(log, stream), 5025, stream)
  }
})

t.test('removing a directory or file loses only the lines in it', async t => {
  const log = await startLogProcess(t)
  for (const [round, victim] of ['.', 'chatbot', 'info', '.'].entries()) {
    await log.log(1000)
    await until(async () => (await log.report()).state.written.chatbot >= 1000 * (round + 1))
    rmSync(join(log.dir, victim), { recursive: true })
  }
  await log.log(1000)
  for (const file of readdirSync(join(log.dir, 'error'))) rmSync(join(log.dir, 'error', file))
  await log.close()
  t.same(log.numbers(), upTo(5000).slice(4000), 'lines after the last removal are present')
  t.match((readFileSync(join(log.dir, 'current.log'), 'utf8').match(/\n/g) ?? []).length, 1000)
})

t.test('lines wait while permissions are missing, and are written when they are restored', async t => {
  const log = await startLogProcess(t)
  await log.log(100)
  await until(async () => (await log.report()).state.written.chatbot > 100)
  log.order('drop')
  chmodSync(log.dir, 0o755)
  renameSync(join(log.dir, 'chatbot'), join(log.dir, 'moved'))
  mkdirSync(join(log.dir, 'chatbot'), { mode: 0o555 })
  await until(async () => /EACCES/.test((await log.report()).state.failure ?? ''))
  await log.log(1000)
  chmodSync(join(log.dir, 'chatbot'), 0o777)
  await until(async () => (await log.report()).state.failure === undefined)
  await log.log(100)
  const { dropped } = await log.close()
  t.equal(dropped.chatbot, 0)
  t.same(log.numbers(), upTo(1200).slice(100))
})

t.test('a stalled reader of stdout blocks nothing, and the log reports the number of lines that it missed', async t => {
  const log = await startLogProcess(t, { terminal: 'json' })
  const shown = countShown(log)
  await logSlowly(log, 5, 2000)
  log.child.stdout?.pause()
  const before = await log.report()
  while ((await log.report()).state.dropped.terminal === before.state.dropped.terminal) await logSlowly(log, 5, 2000)
  const { rssBytes } = await log.report()
  t.ok(rssBytes - before.rssBytes < MAX_GROWTH_BYTES, `${(rssBytes - before.rssBytes) / MIB} MiB more`)
  log.child.stdout?.resume()
  await until(() => reportedDrops(log, 'terminal') > 0)
  await log.log(100)
  const closed = once(log.child, 'close')
  const { written, dropped } = await log.close()
  await closed
  t.same(log.numbers(), upTo(log.numbers().length), 'the files hold all lines')
  t.equal(dropped.chatbot, 0)
  t.equal(shown.lines + dropped.terminal, written.chatbot, 'each line is shown or counted')
})

t.test('lines that still wait for the terminal when the log closes are counted and reported', async t => {
  // A quarter of it passes. It must be so long that the pipe is full by then.
  const log = await startLogProcess(t, { terminal: 'json', closeTimeoutMs: 8000 })
  const shown = countShown(log)
  log.child.stdout?.pause()
  await logSlowly(log, 2, 2000)
  const closed = once(log.child, 'close')
  const { written, dropped } = await log.close()
  log.child.stdout?.resume()
  await closed
  t.ok(dropped.terminal > 0, 'a pipe holds less than was written')
  t.equal(shown.lines + dropped.terminal, written.chatbot, 'each line is shown or counted')
  const [, reported] = /^Log lines dropped while closing: terminal (\d+)$/m.exec(log.errorOutput()) ?? []
  t.equal(Number(reported) + reportedDrops(log, 'terminal'), dropped.terminal)
})

t.test('lines for a closed stdout are counted like those for a stalled one', async t => {
  const log = await startLogProcess(t, { terminal: 'json' })
  const shown = countShown(log)
  await logSlowly(log, 1, 2000)
  log.child.stdout?.destroy()
  await logSlowly(log, 2, 2000)
  const { written, dropped } = await log.close()
  t.ok(dropped.terminal >= 2000)
  t.ok(shown.lines + dropped.terminal <= written.chatbot, 'some lines may be lost in the pipe')
})

t.test('a worker that crashes is restarted, and its lost lines are counted', async t => {
  const preload = `
    import { isMainThread } from 'node:worker_threads'
    if (!isMainThread) new BroadcastChannel('die').onmessage = () => { throw new Error('killed') }`
  const log = await startLogProcess(t, { preload })
  await log.log(1000)
  log.order('die')
  await log.log(5000)
  await until(async () => /died: killed/.test((await log.report()).state.failure ?? ''))
  await log.log(100)
  await until(async () => (await log.report()).state.failure === undefined)
  await until(() => reportedDrops(log, 'chatbot') > 0)
  await log.log(100)
  await log.close()
  t.equal(log.numbers().length + reportedDrops(log, 'chatbot'), 6200)
})
