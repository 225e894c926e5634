import t from 'tap'
import type { DocumentChange } from '../../../src/knowledge/document.ts'
import { found, makeWorld, type Store } from './index-world.ts'

t.test('without a saved index, one is built from the store and then kept up to date', async t => {
  const { store, log, createManager } = makeWorld(t)
  for (let i = 0; i < 200; i++) store.put(`page-${i}`, `text number${i}`, 'second passage')
  const manager = createManager()
  t.match(manager.state, { ready: false, revision: 0, documents: 0 })
  await manager.open()
  t.same(manager.state, {
    ready: true,
    revision: 200,
    documents: 200,
    passages: 400,
    terms: 404,
    rebuild: undefined,
    saveFailed: false,
  })
  t.same(found(manager, 'number77'), ['page-77'])

  const engine = manager.engine
  store.put('page-77', 'something else')
  store.put('page-78')
  await manager.sync()
  t.same(found(manager, 'number77'), [])
  t.same(found(manager, 'number78'), [])
  t.same(found(manager, 'something'), ['page-77'])
  t.equal(manager.state.documents, 199)
  t.equal(manager.engine, engine, 'the engine object stays the same')
  t.match(log.lines, [{ message: 'info Search index ready', facts: { documents: 200, rebuilt: true } }])
})

t.test('runs never overlap, and a call during a run waits for the next run', async t => {
  const { store, createManager } = makeWorld(t)
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
  const manager = createManager({ store: slow })
  const open = manager.open()
  await new Promise(resolve => setImmediate(resolve))
  store.put('second', 'text')
  const syncs = [manager.sync(), manager.sync(), manager.sync()]
  await Promise.all(syncs)
  t.same(found(manager, 'second'), ['second'])
  await open
  t.equal(most, 1)
})

t.test('a run rejects if the store cannot be read, and the next run catches up', async t => {
  const { store, createManager } = makeWorld(t)
  store.put('page', 'text')
  let broken = true
  const flaky: Store = {
    revision: () => (broken ? Promise.reject(new Error('no database')) : store.revision()),
    count: () => store.count(),
    changesSince: (revision, limit) => store.changesSince(revision, limit),
  }
  const manager = createManager({ store: flaky })
  const waiting = [manager.open(), manager.sync()]
  await t.rejects(waiting[0]!, /no database/)
  await t.rejects(waiting[1]!, /no database/)
  t.equal(manager.state.ready, false)
  broken = false
  await manager.sync()
  t.match(manager.state, { ready: true, documents: 1 })
})

t.test('a document that cannot be indexed is logged and skipped, and the others are found', async t => {
  const { store, log, createManager } = makeWorld(t)
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
  const manager = createManager({ store: damaged })
  await manager.open()
  broken = true
  store.put('bad', 'text')
  store.put('later', 'text')
  await manager.sync()
  t.same(found(manager, 'text').sort(), ['good', 'later'])
  t.match(log.lines.at(-1), { message: 'error Document could not be indexed', facts: { document_id: 'bad', err: TypeError } })
})

t.test('the event loop runs while a long document is indexed', async t => {
  let clock = 0
  const { store, createManager } = makeWorld(t, { now: () => clock++ })
  store.put('long', ...Array.from({ length: 100 }, (_, i) => `passage ${i}`))
  const manager = createManager()
  let turns = 0
  let done = false
  const count = () => {
    turns++
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  await manager.open()
  done = true
  t.equal(manager.state.passages, 100)
  t.ok(turns >= 10, `${turns} turns`)
})

t.test('other documents are found even if a broken document cannot be removed either', async t => {
  const { store, log, createManager } = makeWorld(t)
  store.put('good', 'text')
  // An id that is not a string: indexing fails halfway through the document.
  store.put(null as never, 'text')
  store.put('later', 'text')
  const manager = createManager()
  await manager.open()
  t.ok(found(manager, 'text').includes('later'))
  t.match(manager.state, { ready: true, revision: 3 })
  t.match(
    log.lines.map(({ message }) => message),
    ['error Document could not be indexed', 'error Document could not be removed from the search index after a failure', /ready/],
  )
  store.put('last', 'more')
  await manager.sync()
  t.same(found(manager, 'more'), ['last'])
})

t.test('while being replaced, a short document is found in full and a long one in part', async t => {
  let clock = 0
  const { store, createManager } = makeWorld(t, { now: () => (clock += 100) })
  const texts = (count: number, word: string) => Array.from({ length: count }, (_, i) => `common ${word} ${i}`)
  store.put('short', ...texts(8, 'old'))
  store.put('long', ...texts(30, 'old'))
  const manager = createManager()
  await manager.open()
  const seen: number[][] = []
  let done = false
  const look = () => {
    const hits = manager.engine.search('common', 100).hits.map(hit => hit.documentId)
    seen.push(['short', 'long'].map(id => hits.filter(hit => hit === id).length))
    if (!done) setImmediate(look)
  }
  setImmediate(look)
  store.put('short', ...texts(6, 'new'))
  store.put('long', ...texts(30, 'new'))
  await manager.sync()
  done = true
  t.same([...new Set(seen.map(([short]) => short))].sort(), [6])
  t.ok(new Set(seen.map(([, long]) => long)).size > 10, 'the event loop ran in between')
})
