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

/** Waits for a task and resolves to the number of turns of the event loop in the meantime. */
async function countTurns(task: Promise<unknown>): Promise<number> {
  let isDone = false
  let turns = 0
  const done = task.finally(() => {
    isDone = true
  })
  for (; !isDone; turns++) await setImmediate()
  await done
  return turns
}

t.test('the event loop runs while a document or a title is read, whatever its length', async t => {
  const reader = open(t)
  await reader.read(PAGE)
  // Reading in the main thread would allow only a few turns of the event loop.
  const quotes = await countTurns(reader.read(markdown('>* * '.repeat(200))).catch(error => t.match(error, unreadable)))
  t.ok(quotes > 100, `${quotes} turns for 1,000 characters`)
  const book = await countTurns(reader.read(BOOK))
  t.ok(book > 1000, `${book} turns for a book`)
  const pages = Array.from({ length: 20 }, (_, i) => markdown(`---\ntitle: Tea ${i}\n${'a: [{b: c}]\n'.repeat(1500)}---\n`))
  const titles = await countTurns(reader.readTitles(pages))
  t.ok(titles > 100, `${titles} turns for titles`)
})

t.test('the worker reads titles in order', async t => {
  const pages = [
    markdown('---\ntitle: Tea | Docs\n---\n'),
    markdown('# Tea'),
    { ...PAGE, format: 'html', text: '<title>A</title>' },
  ] as const
  t.same(await open(t).readTitles(pages), ['Tea | Docs', undefined, 'A'])
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
  await t.rejects(reader.read(markdown('*a* '.repeat(100_000))), { ...unreadable, message: /too much memory/ })
  t.equal((await reader.read(PAGE)).title, 'A page')
})

t.test('a flat list of 50,000 items is read in little memory', async t => {
  const reader = open(t, { maxHeapMb: 64 })
  const { passages } = await reader.read(markdown(Array.from({ length: 50_000 }, (_, i) => `- a${i}\n`).join('')))
  const items = passages.flatMap(({ text }) => text.split('\n'))
  t.strictSame(items.length, 50_000, 'no item is lost or repeated')
  t.equal(items.at(-1), '- a49999')
})

t.test('documents beyond the length that may wait are rejected, and later ones are accepted again', async t => {
  const reader = open(t, { maxUnreadChars: 16_000 })
  const accepted = [reader.read(PAGE), reader.read(PAGE)]
  for (const document of [PAGE, markdown('Short.')])
    t.match(await reader.read(document).catch(error => error), { name: 'ChatError', code: 'OVERLOADED', retryAfterS: 5 })
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
