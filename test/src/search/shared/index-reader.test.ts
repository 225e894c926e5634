import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { createSearchEngine } from '../../../../src/search/passage-search.ts'
import { createSlices } from '../../../../src/search/shared/change-slices.ts'
import { IndexPublisher } from '../../../../src/search/shared/index-publisher.ts'
import { connectIndexReader } from '../../../../src/search/shared/index-reader.ts'
import { TAKEN } from '../../../../src/search/shared/reader-words.ts'
import { until } from '../../../worlds/until.ts'

/** An index, and a reader in the same thread: a search while the index is locked would block. */
async function connect({ revisionOf = async () => 0 }: { revisionOf?: (ids: readonly string[]) => Promise<number> } = {}) {
  const index = createSearchEngine()
  const publisher = new IndexPublisher()
  await publisher.serve(index.memory, 1)
  let words: Int32Array = new Int32Array(0)
  const post: Parameters<typeof connectIndexReader>[0] = hello => {
    words = hello.words
    publisher.connect(hello)
  }
  const reader = connectIndexReader(post, { revisionOf, waitMs: 1 })
  return { index, publisher, reader, words }
}

const add = (index: ReturnType<typeof createSearchEngine>, id: string, text: string) =>
  index.replace(id, id, [{ ordinal: 0, headings: [], text }])
const manyWords = (from: number, count: number) => Array.from({ length: count }, (_, i) => `word${from + i}`).join(' ')

t.test('a reader that no question reaches takes what is published, and the next search finds it', async t => {
  const { index, publisher, reader, words } = await connect()
  let taken = words[TAKEN]!
  for (let round = 0; round < 20; round++) {
    await publisher.lock()
    for (let i = 0; i < 40; i++) add(index, `${round}-${i}`, manyWords(1000 * round + 20 * i, 20))
    publisher.unlock()
  }
  await until(() => words[TAKEN]! > taken)
  t.same(
    reader.search('word19790', 1).hits.map(({ documentId }) => documentId),
    ['19-39'],
  )
  taken = words[TAKEN]!
  const other = createSearchEngine()
  add(other, 'other', 'word0')
  await publisher.serve(other.memory, 2)
  await until(() => words[TAKEN] === taken + 1)
  t.same(
    reader.search('word0', 1).hits.map(({ documentId }) => documentId),
    ['other'],
  )
  for (let turn = 0; turn < 3; turn++) await nextTurn()
  t.equal(words[TAKEN], taken + 1, 'the arrays of another index are sent once')
})

t.test('a reader waits for the revision of a document, not for other changes', async t => {
  let stored = 1
  const { index, publisher, reader } = await connect({ revisionOf: async () => stored })
  const change = async (revision: number) => {
    await publisher.lock()
    add(index, 'tea', `Tea of revision ${revision}.`)
    publisher.reach(revision)
    publisher.unlock()
  }
  await change(4)
  reader.search('tea', 1)
  t.equal(reader.revision, 4)
  t.equal(await reader.follow(['tea'], reader.revision), false, 'the index had the document')
  stored = 7
  await change(6)
  t.equal(await reader.follow(['tea'], reader.revision), false, 'another document was indexed')
  await change(7)
  t.equal(await reader.follow(['tea'], reader.revision), true)
})

t.test('a thread whose index is never published does not wait for ever', async t => {
  t.throws(() => connectIndexReader(() => {}, { revisionOf: async () => 0, connectMs: 1 }), /not published within 1 ms/)
})

t.test('the rest of a long document is waited for at most 50 ms and one turn of the event loop', async t => {
  const { publisher } = await connect()
  let clock = 0
  let held = 0
  let longest = 0
  const readers = {
    async lock() {
      await publisher.lock()
      held = clock
    },
    unlock() {
      longest = Math.max(longest, clock - held)
      publisher.unlock()
    },
    reach() {},
    async serve() {},
  }
  const slices = createSlices({ readers, pending: () => undefined, now: () => clock })
  slices.restart()
  await slices.begin()
  for (let passage = 0; passage < 100; passage++) {
    clock += 3
    const before = clock
    // In each turn, another request takes 14 ms.
    setImmediate(() => (clock = Math.max(clock, before + 14)))
    await slices.next(false)
  }
  slices.end()
  t.ok(longest > 40 && longest <= 50 + 14, `${longest} ms`)
})
