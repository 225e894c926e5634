import t from 'tap'
import type { DocumentChange } from '../../../../src/knowledge/document.ts'
import { found, makeWorld, type Store } from '../index-world.ts'

t.test('a keeper without a saved index makes one from the store, and then follows it', async t => {
  const { store, log, keeper } = makeWorld(t)
  for (let i = 0; i < 200; i++) store.put(`page-${i}`, `text number${i}`, 'second passage')
  const kept = keeper()
  t.match(kept.state, { ready: false, revision: 0, documents: 0 })
  await kept.open()
  t.same(kept.state, {
    ready: true,
    revision: 200,
    documents: 200,
    passages: 400,
    terms: 404,
    rebuild: undefined,
    saveFailed: false,
  })
  t.same(found(kept, 'number77'), ['page-77'])

  const engine = kept.engine
  store.put('page-77', 'something else')
  store.put('page-78')
  await kept.sync()
  t.same(found(kept, 'number77'), [])
  t.same(found(kept, 'number78'), [])
  t.same(found(kept, 'something'), ['page-77'])
  t.equal(kept.state.documents, 199)
  t.equal(kept.engine, engine, 'those who hold the engine see the change')
  t.match(log.lines, [{ message: 'info The search index is ready', facts: { documents: 200, rebuilt: true } }])
})

t.test('runs never overlap, and a call during one waits for a run that starts after it', async t => {
  const { store, keeper } = makeWorld(t)
  let reading = 0
  let most = 0
  const slow: Store = {
    revision: () => store.revision(),
    count: () => store.count(),
    async changesSince(revision, limit) {
      most = Math.max(most, ++reading)
      const changes = await store.changesSince(revision, limit)
      await new Promise(resolve => setImmediate(resolve))
      reading--
      return changes
    },
  }
  store.put('first', 'text')
  const kept = keeper({ store: slow })
  const open = kept.open()
  await new Promise(resolve => setImmediate(resolve))
  store.put('second', 'text')
  const syncs = [kept.sync(), kept.sync(), kept.sync()]
  await Promise.all(syncs)
  t.same(found(kept, 'second'), ['second'])
  await open
  t.equal(most, 1)
})

t.test('a store that cannot be read rejects the run, and the next one makes up for it', async t => {
  const { store, keeper } = makeWorld(t)
  store.put('page', 'text')
  let broken = true
  const flaky: Store = {
    revision: () => (broken ? Promise.reject(new Error('no database')) : store.revision()),
    count: () => store.count(),
    changesSince: (revision, limit) => store.changesSince(revision, limit),
  }
  const kept = keeper({ store: flaky })
  const waiting = [kept.open(), kept.sync()]
  await t.rejects(waiting[0], /no database/)
  await t.rejects(waiting[1], /no database/)
  t.equal(kept.state.ready, false)
  broken = false
  await kept.sync()
  t.match(kept.state, { ready: true, documents: 1 })
})

t.test('a document that cannot be indexed is named and left out, the others are found', async t => {
  const { store, log, keeper } = makeWorld(t)
  store.put('good', 'text')
  store.put('bad', 'text')
  let broken = false
  const damaged: Store = {
    revision: () => store.revision(),
    count: () => store.count(),
    async changesSince(revision, limit) {
      const { changes, ...rest } = await store.changesSince(revision, limit)
      const spoil = (change: DocumentChange) => ({ ...change, passages: [...change.passages, undefined as never] })
      return { ...rest, changes: changes.map(change => (broken && change.documentId === 'bad' ? spoil(change) : change)) }
    },
  }
  const kept = keeper({ store: damaged })
  await kept.open()
  broken = true
  store.put('bad', 'text')
  store.put('later', 'text')
  await kept.sync()
  t.same(found(kept, 'text').sort(), ['good', 'later'])
  t.match(log.lines.at(-1), { message: 'error A document could not be indexed', facts: { document_id: 'bad', err: TypeError } })
})

t.test('a long document lets the event loop turn while it is taken in', async t => {
  let clock = 0
  const { store, keeper } = makeWorld(t, { now: () => clock++ })
  store.put('long', ...Array.from({ length: 100 }, (_, i) => `passage ${i}`))
  const kept = keeper()
  let turns = 0
  let done = false
  const count = () => {
    turns++
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  await kept.open()
  done = true
  t.equal(kept.state.passages, 100)
  t.ok(turns >= 10, `${turns} turns`)
})

t.test('a document whose removal fails too keeps no other from being found', async t => {
  const { store, log, keeper } = makeWorld(t)
  store.put('good', 'text')
  // Only what is damaged has an id that is no text; the index notices when the document is in it half.
  store.put(7 as never, 'text')
  store.put('later', 'text')
  const kept = keeper()
  await kept.open()
  t.ok(found(kept, 'text').includes('later'))
  t.match(kept.state, { ready: true, revision: 3 })
  t.match(
    log.lines.map(({ message }) => message),
    ['error A document could not be indexed', 'error A document that could not be indexed stays in the index in part', /ready/],
  )
  store.put('last', 'more')
  await kept.sync()
  t.same(found(kept, 'more'), ['last'])
})

t.test('a short document is always found while it is replaced, a long one in part', async t => {
  let clock = 0
  const { store, keeper } = makeWorld(t, { now: () => (clock += 100) })
  const texts = (count: number, word: string) => Array.from({ length: count }, (_, i) => `common ${word} ${i}`)
  store.put('short', ...texts(8, 'old'))
  store.put('long', ...texts(30, 'old'))
  const kept = keeper()
  await kept.open()
  const seen: number[][] = []
  let done = false
  const look = () => {
    const hits = kept.engine.search('common', 100).hits.map(hit => hit.documentId)
    seen.push(['short', 'long'].map(id => hits.filter(hit => hit === id).length))
    if (!done) setImmediate(look)
  }
  setImmediate(look)
  store.put('short', ...texts(6, 'new'))
  store.put('long', ...texts(30, 'new'))
  await kept.sync()
  done = true
  t.same([...new Set(seen.map(([short]) => short))].sort(), [6])
  t.ok(new Set(seen.map(([, long]) => long)).size > 10, 'the loop turned in between')
})
