import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { buildAppWorld } from './worlds/app-world.ts'

const SECTION = `## A heading\n\n${'Some *words*, a [link](http://x.example) and `code`. '.repeat(5)}\n\n`
const MAX_CHARS = 2_000_000
/**
 * While a document is parsed on the main thread, about 50 requests are answered; while a worker
 * parses it, more than 10,000.
 */
const PROBES = 1000
/** A busy machine must not cause 503 replies. */
const NEVER_BUSY = { MAX_EVENT_LOOP_DELAY_MS: '0' }

t.test('the server answers other requests while it stores a long document', async t => {
  const { call } = await buildAppWorld(t, NEVER_BUSY)
  const text = `# A book\n\n${SECTION.repeat(Math.floor(300_000 / SECTION.length))}`
  let isPut = false
  let answered = 0
  const putting = call('PUT', '/documents/book', { format: 'markdown', text }).finally(() => {
    isPut = true
  })
  while (!isPut && answered < PROBES) {
    const { status } = await call('GET', '/health')
    if (status === 200) answered += 1
    // Injected requests would otherwise keep the event loop from the document.
    await setImmediate()
  }
  t.equal(answered, PROBES, 'all requests are answered before the document is stored')
  t.match(await putting, { status: 201, body: { document_id: 'book', title: 'A book' } })
})

t.test('a document has at most two million characters of any width', async t => {
  const { call } = await buildAppWorld(t, NEVER_BUSY)
  const put = (text: string) => call('PUT', '/documents/wide', { format: 'text', text })
  t.equal((await put('漢'.repeat(MAX_CHARS))).status, 201)
  t.match(await put('a'.repeat(MAX_CHARS + 1)), { status: 400, body: { code: 'VALIDATION_ERROR', message: /body\.text/ } })
  t.match(await put('漢'.repeat(MAX_CHARS * 2)), { status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } })
})

t.test('a document that cannot be parsed is refused, and the stored one is unchanged', async t => {
  const { call } = await buildAppWorld(t, NEVER_BUSY)
  const put = (text: string) => call('PUT', '/documents/page', { format: 'markdown', text })
  t.equal((await put('# First\n\nText.')).status, 201)
  t.match(await put('>'.repeat(3000)), { status: 422, body: { code: 'DOCUMENT_UNREADABLE', message: /nested/ } })
  t.match((await call('GET', '/documents/page')).body, { title: 'First' })
})
