import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import t from 'tap'
import { createSearchEngine, loadSearchEngine } from '../../../../src/search/passage-search.ts'
import { indexBytes } from '../index-bytes.ts'
import { found, MemoryStore, makeWorld } from '../index-world.ts'

t.test('a saved index is loaded, and only later changes are read from the store', async t => {
  const { store, log, path, createManager } = makeWorld(t)
  for (let i = 0; i < 100; i++) store.put(`page-${i}`, `text number${i}`)
  const first = createManager()
  await first.open()
  await first.save()
  t.equal(statSync(path).mode & 0o777, 0o600)
  store.put('page-1', 'changed')
  store.reads = 0
  const second = createManager()
  const { engine } = second
  await second.open()
  t.equal(store.reads, 1)
  t.same(found(second, 'changed'), ['page-1'])
  t.same(
    engine.search('number2', 1).hits.map(hit => hit.documentId),
    ['page-2'],
    'the engine object stays the same',
  )
  t.match(log.lines.at(-1), { facts: { rebuilt: false, revision: 101 } })
})

t.test('an index file that is damaged, or ahead of the store, is rebuilt and replaced', async t => {
  const { store, log, path, createManager } = makeWorld(t)
  for (let i = 0; i < 10; i++) store.put(`page-${i}`, `text number${i}`)
  const first = createManager()
  await first.open()
  await first.save()
  const whole = readFileSync(path)

  writeFileSync(path, whole.subarray(0, whole.length / 2))
  const second = createManager()
  await second.open()
  t.same(found(second, 'number3'), ['page-3'])
  t.match(
    log.lines.map(line => line.message),
    ['info Search index ready', 'warn Saved search index damaged or of another version', 'info Search index ready'],
  )
  await second.save()
  t.same(readFileSync(path), whole)

  const younger = new MemoryStore()
  younger.put('other', 'restored from a backup')
  const third = createManager({ store: younger })
  await third.open()
  t.same(found(third, 'number3'), [])
  t.same(found(third, 'backup'), ['other'])
})

t.test('an unchanged index is not saved again', async t => {
  const { store, path, createManager } = makeWorld(t)
  const manager = createManager()
  await manager.save()
  t.notOk(existsSync(path), 'nothing has been loaded yet')
  store.put('page', 'text')
  await manager.open()
  await manager.save()
  const written = statSync(path).ino
  await manager.save()
  t.equal(statSync(path).ino, written)
  store.put('page', 'new text')
  await manager.sync()
  await Promise.all([manager.save(), manager.save()])
  t.not(statSync(path).ino, written)
  t.same(readdirSync(join(path, '..')), ['search-index.bin'], 'no temporary file is left')
})

t.test('a failed save is logged with its cause, shown in the state, and retried', async t => {
  const { store, log, path, createManager } = makeWorld(t)
  store.put('page', 'text')
  const manager = createManager()
  await manager.open()
  mkdirSync(path)
  await manager.save()
  t.equal(manager.state.saveFailed, true)
  t.match(log.lines.at(-1), { message: 'error Search index could not be saved', facts: { err: { code: 'EISDIR' }, path } })
  t.same(readdirSync(join(path, '..')), ['search-index.bin'])
  rmdirSync(path)
  await manager.save()
  t.equal(manager.state.saveFailed, false)
  t.ok(statSync(path).isFile())
})

t.test('an outdated index answers while a new one is built', async t => {
  let clock = 0
  const { store, log, createManager } = makeWorld(t, { now: () => clock })
  for (let i = 0; i < 300; i++) store.put(`page-${i}`, `text number${i}`)
  const first = createManager()
  await first.open()
  await first.save()

  const younger = new MemoryStore()
  for (let i = 0; i < 200; i++) younger.put(`page-${i}`, `text number${i} restored`)
  const states: unknown[] = []
  const second = createManager({
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
  const messages = log.lines.map(({ message }) => message)
  t.ok(messages.includes('warn Saved search index outdated; it answers until a new one is built'))
  t.equal(messages.filter(message => message === 'info Rebuilding search index').length, 4)
  await second.save()
  const third = createManager({ store: younger })
  await third.open()
  t.equal(third.state.documents, 200, 'the new index has been saved')
})

t.test('an index built by an older version answers until a new one is built', async t => {
  const { store, log, path, createManager } = makeWorld(t)
  for (let i = 0; i < 100; i++) store.put(`page-${i}`, `text number${i}`)
  const first = createManager()
  await first.open()
  await first.save()
  makeOlder(path)
  let meanwhile: readonly string[] = []
  const second = createManager({
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
  t.match(log.lines.at(-2), { message: /^warn /, facts: { reason: 'other_version' } })
  t.match(log.lines.at(-1), { facts: { rebuilt: true, documents: 100 } })
})

t.test('an outdated index follows changes while a new one is built', async t => {
  for (const reason of ['older', 'ahead']) {
    const { store, path, createManager } = makeWorld(t)
    for (let i = 0; i < 200; i++) store.put(`page-${i}`, `text number${i}`)
    const first = createManager()
    await first.open()
    await first.save()
    if (reason === 'older') makeOlder(path)
    const present = reason === 'older' ? store : new MemoryStore()
    if (reason === 'ahead') for (let i = 0; i < 190; i++) present.put(`page-${i}`, `text number${i}`)
    const meanwhile: unknown[] = []
    const second = createManager({
      store: {
        revision: () => present.revision(),
        count: () => present.count(),
        changesSince(revision, limit) {
          if (revision === 64) present.put('page-7', 'fresh')
          if (revision === 128)
            meanwhile.push(second.state.rebuild?.earlierServes, found(second, 'fresh'), found(second, 'number7'))
          return present.changesSince(revision, limit)
        },
      },
    })
    await second.open()
    t.same(meanwhile, [true, ['page-7'], []], reason)
    t.same(found(second, 'fresh'), ['page-7'])
  }
})

t.test('the event loop runs during a save, and changes meanwhile still produce a consistent file', async t => {
  const { store, path, createManager } = makeWorld(t)
  for (let i = 0; i < 2000; i++) store.put(`page-${i}`, `text number${i} ${'some more words '.repeat(i % 20)}`)
  const manager = createManager()
  await manager.open()
  let turns = 0
  let written = false
  let changes = 0
  const turn = () => {
    turns++
    if (written) return
    // Changes repeatedly, also during the second attempt.
    if (turns % 5 === 0) {
      store.put('page-7', `changed ${turns}`)
      changes++
      void manager.sync()
    }
    setImmediate(turn)
  }
  setImmediate(turn)
  await manager.save()
  written = true
  t.ok(turns > 20, `${turns} turns`)
  t.ok(changes > 3)
  t.equal(manager.state.saveFailed, false)
  const saved = loadSearchEngine(readFileSync(path))!
  t.ok(saved.revision >= 2000)
  t.equal(saved.engine.size.documents, 2000)
  const expected = saved.revision === 2000 ? 'number7' : 'changed'
  t.same(
    ['number7', 'changed'].map(word => saved.engine.search(word, 1).hits.length),
    expected === 'changed' ? [0, 1] : [1, 0],
  )
  await manager.sync()
  t.same(found(manager, 'changed'), ['page-7'])
  await manager.save()
  const again = createManager()
  await again.open()
  t.same(again.engine.search('changed number8 words', 20), manager.engine.search('changed number8 words', 20))
  t.same(readdirSync(join(path, '..')), ['search-index.bin'])
})

t.test('a file written in slices, with pauses in between, equals the slices put together', async t => {
  const { store, path, createManager } = makeWorld(t)
  for (let i = 0; i < 5000; i++) store.put(`page-${i}`, `text number${i} \ud800`)
  for (let i = 0; i < 5000; i += 3) store.put(`page-${i}`)
  const manager = createManager()
  await manager.open()
  await manager.save()
  const engine = createSearchEngine()
  for (const { documentId, title, passages } of (await store.changesSince(0, 5000)).changes)
    engine.replace(documentId, title, passages)
  t.ok(readFileSync(path).equals(indexBytes(engine, manager.state.revision)))
})

/** Changes a saved index to the previous analysis version, with a valid checksum of its header. */
function makeOlder(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.indexOf('"analysis":') + '"analysis":'.length
  const version = /\d+/.exec(bytes.toString('latin1', at))![0]
  bytes.write(String(Number(version) - 1).padStart(version.length), at)
  bytes.writeUInt32LE(crc32(bytes.subarray(bytes.length - bytes.readUInt32LE(12))), 16)
  writeFileSync(path, bytes)
}
