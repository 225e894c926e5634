import { execFile } from 'node:child_process'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { IncomingDocument } from '../../../../src/knowledge/document.ts'
import { type BackgroundReaderOptions, createBackgroundReader } from '../../../../src/knowledge/ingest/background-reader.ts'
import { readDocument } from '../../../../src/knowledge/ingest/document-reader.ts'

const markdown = (text: string): IncomingDocument => ({ id: 'kb/page', owner: 'operator', format: 'markdown', text })
const SECTION =
  '## A heading\n\nSome *words* that make a passage of their own, a [link](http://x.example) and `code`.\n\n- one\n- two\n\n'
/** Takes the worker about 10 ms. */
const PAGE = markdown(`# A page\n\n${SECTION.repeat(100)}`)
/** Takes the worker about 0.5 s. */
const BOOK = markdown(`# A book\n\n${SECTION.repeat(4000)}`)
/** Takes 3 s of CPU time, and is then rejected. */
const KNOT = markdown('['.repeat(200_000))

const unreadable = { name: 'ChatError', code: 'DOCUMENT_UNREADABLE' }
const shuttingDown = { name: 'ChatError', code: 'SHUTTING_DOWN' }

function open(t: Test, options: BackgroundReaderOptions = {}) {
  const reader = createBackgroundReader(options)
  t.teardown(() => reader.close())
  return reader
}

/** Timers that the test fires. */
function createManualTimers() {
  const timers: { run: () => void; afterMs: number; isOff: boolean }[] = []
  const setTimer = (run: () => void, afterMs: number) => {
    const timer = { run, afterMs, isOff: false }
    timers.push(timer)
    return () => {
      timer.isOff = true
    }
  }
  return { timers, setTimer }
}

t.test('the worker returns the same document as the calling thread', async t => {
  const reader = open(t)
  const short = markdown('# Short\n\nText.')
  t.same(await Promise.all([reader.read(PAGE), reader.read(short)]), [await readDocument(PAGE), await readDocument(short)])
})

t.test('the event loop runs while a long document is read', async t => {
  const reader = open(t)
  let isRead = false
  let turns = 0
  const reading = reader.read(BOOK).finally(() => {
    isRead = true
  })
  while (!isRead) {
    await setImmediate()
    turns += 1
  }
  t.ok((await reading).passages.length >= 4000)
  // Reading on the main thread would allow only a few turns of the event loop.
  t.ok(turns > 1000, `${turns} turns`)
})

t.test('an error in the worker reaches the caller with its code and message', async t => {
  const reader = open(t)
  await t.rejects(reader.read(markdown(`${'a'.repeat(2000)}\0`)), { ...unreadable, message: /NUL characters/ })
  const nested = await reader.read(markdown('>'.repeat(2000))).catch(error => error)
  t.match(nested, { ...unreadable, message: /nested/ })
  t.equal((await reader.read(PAGE)).title, 'A page', 'the worker continues')
})

t.test('a document that exceeds its time limit is rejected, and the next one is read', async t => {
  const { timers, setTimer } = createManualTimers()
  const reader = open(t, { maxReadMs: 700, setTimer })
  const knot = reader.read(KNOT)
  const next = reader.read(PAGE)
  await setImmediate()
  t.match(timers, [{ afterMs: 700, isOff: false }], 'the time starts with the reading, not with the waiting')
  timers[0]?.run()
  await t.rejects(knot, { code: 'OVERLOADED', message: /too long/ })
  t.equal((await next).title, 'A page')
  t.match(timers, [{ isOff: true }, { isOff: true }])
})

t.test('a document that needs too much memory is rejected, and the process survives', async t => {
  const reader = open(t, { maxHeapMb: 32 })
  await t.rejects(reader.read(markdown('- a\n'.repeat(100_000))), { ...unreadable, message: /too much memory/ })
  t.equal((await reader.read(PAGE)).title, 'A page')
})

t.test('a document beyond the limit of waiting documents is rejected, and later ones are accepted again', async t => {
  const reader = open(t, { maxWaiting: 1 })
  const accepted = [reader.read(PAGE), reader.read(PAGE)]
  const rejected = await reader.read(PAGE).catch(error => error)
  t.match(rejected, { name: 'ChatError', code: 'OVERLOADED', retryAfterS: 5 })
  t.equal((await reader.read(markdown('Short.'))).passages.length, 1, 'a short document does not wait')
  await Promise.all(accepted)
  t.equal((await reader.read(PAGE)).title, 'A page')
})

t.test('closing rejects current, waiting and later documents', async t => {
  const reader = createBackgroundReader()
  const outcomes = Promise.allSettled([reader.read(KNOT), reader.read(PAGE)])
  await setImmediate()
  await reader.close()
  await reader.close()
  t.match(await outcomes, [
    { status: 'rejected', reason: shuttingDown },
    { status: 'rejected', reason: shuttingDown },
  ])
  await t.rejects(reader.read(PAGE), shuttingDown)
  await t.rejects(reader.read(markdown('Short.')), shuttingDown)
})

t.test('a reader keeps its process alive only while it reads', async t => {
  const file = new URL('../../../../src/knowledge/ingest/background-reader.ts', import.meta.url)
  const script = `import { createBackgroundReader } from '${file}'
    const { title } = await createBackgroundReader().read(${JSON.stringify(PAGE)})
    console.log(title)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  t.equal(stdout, 'A page\n')
})
