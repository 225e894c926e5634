import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import t, { type Test } from 'tap'
import type { DocumentChange, DocumentStore } from '../../../src/knowledge/document.ts'
import type { Log } from '../../../src/logging/log.ts'
import { createIndexKeeper, type IndexKeeperOptions } from '../../../src/search/index-keeper.ts'

type Store = Pick<DocumentStore, 'changesSince' | 'revision' | 'count'>

/** Documents in memory, in the order of their last change. */
class MemoryStore implements Store {
  readonly #changes = new Map<string, DocumentChange & { readonly revision: number }>()
  #revision = 0
  reads = 0

  put(documentId: string, ...texts: string[]): void {
    const passages = texts.map((text, ordinal) => ({ ordinal, headings: [], location: `${documentId}#${ordinal}`, text }))
    this.#changes.delete(documentId)
    this.#changes.set(documentId, { documentId, title: documentId, passages, revision: ++this.#revision })
  }

  async revision(): Promise<number> {
    return this.#revision
  }

  async count(): Promise<number> {
    return [...this.#changes.values()].filter(({ passages }) => passages.length > 0).length
  }

  async changesSince(revision: number, limit: number) {
    this.reads++
    const changes = [...this.#changes.values()].filter(change => change.revision > revision).slice(0, limit)
    return { revision: changes.at(-1)?.revision ?? revision, changes }
  }
}

/** A log that remembers, as `level message`. */
function memoryLog(): Log & { readonly lines: { readonly message: string; readonly facts: object }[] } {
  const lines: { message: string; facts: object }[] = []
  const write = (level: string) => (facts: object, message: string) => void lines.push({ message: `${level} ${message}`, facts })
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function makeWorld(t: Test, options: Partial<IndexKeeperOptions> = {}) {
  const store = new MemoryStore()
  const log = memoryLog()
  const path = join(t.testdir(), 'search-index.bin')
  const keeper = (more: Partial<IndexKeeperOptions> = {}) =>
    createIndexKeeper({ store, path, log, now: () => 0, ...options, ...more })
  return { store, log, path, keeper }
}

const found = (keeper: ReturnType<typeof createIndexKeeper>, query: string) =>
  keeper.engine.search(query, 10).hits.map(hit => hit.documentId)

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

t.test('a saved index is loaded, and only what has changed since is read', async t => {
  const { store, log, path, keeper } = makeWorld(t)
  for (let i = 0; i < 100; i++) store.put(`page-${i}`, `text number${i}`)
  const first = keeper()
  await first.open()
  await first.save()
  t.equal(statSync(path).mode & 0o777, 0o600)
  store.put('page-1', 'changed')
  store.reads = 0
  const second = keeper()
  const { engine } = second
  await second.open()
  t.equal(store.reads, 1)
  t.same(found(second, 'changed'), ['page-1'])
  t.same(
    engine.search('number2', 1).hits.map(hit => hit.documentId),
    ['page-2'],
    'an engine taken before the start is the loaded one',
  )
  t.match(log.lines.at(-1), { facts: { rebuilt: false, revision: 101 } })
})

t.test('an index that is torn, or ahead of the store, is made anew and replaced', async t => {
  const { store, log, path, keeper } = makeWorld(t)
  for (let i = 0; i < 10; i++) store.put(`page-${i}`, `text number${i}`)
  const first = keeper()
  await first.open()
  await first.save()
  const whole = readFileSync(path)

  writeFileSync(path, whole.subarray(0, whole.length / 2))
  const second = keeper()
  await second.open()
  t.same(found(second, 'number3'), ['page-3'])
  t.match(
    log.lines.map(line => line.message),
    [
      'info The search index is ready',
      'warn The saved search index is torn or of another version',
      'info The search index is ready',
    ],
  )
  await second.save()
  t.same(readFileSync(path), whole)

  const younger = new MemoryStore()
  younger.put('other', 'restored from a backup')
  const third = keeper({ store: younger })
  await third.open()
  t.same(found(third, 'number3'), [])
  t.same(found(third, 'backup'), ['other'])
})

t.test('saving is skipped where nothing has changed', async t => {
  const { store, path, keeper } = makeWorld(t)
  const kept = keeper()
  await kept.save()
  t.notOk(existsSync(path), 'nothing was read yet')
  store.put('page', 'text')
  await kept.open()
  await kept.save()
  const written = statSync(path).ino
  await kept.save()
  t.equal(statSync(path).ino, written)
  store.put('page', 'new text')
  await kept.sync()
  await Promise.all([kept.save(), kept.save()])
  t.not(statSync(path).ino, written)
  t.same(readdirSync(join(path, '..')), ['search-index.bin'], 'no temporary file stays')
})

t.test('a failing save is logged with its cause, stands in the state, and is tried again', async t => {
  const { store, log, path, keeper } = makeWorld(t)
  store.put('page', 'text')
  const kept = keeper()
  await kept.open()
  mkdirSync(path)
  await kept.save()
  t.equal(kept.state.saveFailed, true)
  t.match(log.lines.at(-1), { message: 'error The search index could not be saved', facts: { err: { code: 'EISDIR' }, path } })
  t.same(readdirSync(join(path, '..')), ['search-index.bin'])
  rmdirSync(path)
  await kept.save()
  t.equal(kept.state.saveFailed, false)
  t.ok(statSync(path).isFile())
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

t.test('a new index is made beside an earlier one that cannot be brought up to date, which answers meanwhile', async t => {
  let clock = 0
  const { store, log, keeper } = makeWorld(t, { now: () => clock })
  for (let i = 0; i < 300; i++) store.put(`page-${i}`, `text number${i}`)
  const first = keeper()
  await first.open()
  await first.save()

  const younger = new MemoryStore()
  for (let i = 0; i < 200; i++) younger.put(`page-${i}`, `text number${i} restored`)
  const states: unknown[] = []
  const second = keeper({
    store: {
      revision: () => younger.revision(),
      count: () => younger.count(),
      changesSince(revision, limit) {
        clock += 10_000
        states.push({ ...second.state, found: found(second, 'number7') })
        return younger.changesSince(revision, limit)
      },
    },
  })
  await second.open()
  t.equal(states.length, 4)
  t.match(states[2], {
    ready: true,
    found: ['page-7'],
    documents: 300,
    rebuild: { documentsDone: 128, documentsTotal: 200, earlierServes: true },
  })
  t.match(second.state, { ready: true, documents: 200, revision: 200, rebuild: undefined })
  t.same(found(second, 'number250'), [])
  t.same(found(second, 'restored').length, 10)
  const told = log.lines.map(({ message }) => message)
  t.ok(told.includes('warn The saved search index cannot stay; it answers until a new one is made'))
  t.equal(told.filter(message => message === 'info The search index is being made anew').length, 4)
  await second.save()
  const third = keeper({ store: younger })
  await third.open()
  t.equal(third.state.documents, 200, 'the new one has been saved')
})

t.test('an index that an older version has made answers until a new one is made', async t => {
  const { store, log, path, keeper } = makeWorld(t)
  for (let i = 0; i < 100; i++) store.put(`page-${i}`, `text number${i}`)
  const first = keeper()
  await first.open()
  await first.save()
  makeOlder(path)
  let meanwhile: readonly string[] = []
  const second = keeper({
    store: {
      revision: () => store.revision(),
      count: () => store.count(),
      changesSince(revision, limit) {
        meanwhile = found(second, 'number7')
        return store.changesSince(revision, limit)
      },
    },
  })
  await second.open()
  t.same(meanwhile, ['page-7'])
  t.match(log.lines.at(-2), { message: /^warn /, facts: { reason: 'made by another version' } })
  t.match(log.lines.at(-1), { facts: { rebuilt: true, documents: 100 } })
})

/** Gives a saved index the version of an analysis before today's, and the checksum that goes with it. */
function makeOlder(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.indexOf('"analysis":') + '"analysis":'.length
  bytes[at] = bytes[at]! - 1
  bytes.writeUInt32LE(crc32(bytes.subarray(12)), 8)
  writeFileSync(path, bytes)
}
