import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import t from 'tap'
import { loadSearchEngine } from '../../../../src/search/passage-search.ts'
import { found, MemoryStore, makeWorld } from '../index-world.ts'

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
  t.match(log.lines.at(-2), { message: /^warn /, facts: { reason: 'other_version' } })
  t.match(log.lines.at(-1), { facts: { rebuilt: true, documents: 100 } })
})

t.test('an earlier index takes in what changes while a new one is made beside it', async t => {
  for (const reason of ['older', 'ahead']) {
    const { store, path, keeper } = makeWorld(t)
    for (let i = 0; i < 200; i++) store.put(`page-${i}`, `text number${i}`)
    const first = keeper()
    await first.open()
    await first.save()
    if (reason === 'older') makeOlder(path)
    const present = reason === 'older' ? store : new MemoryStore()
    if (reason === 'ahead') for (let i = 0; i < 190; i++) present.put(`page-${i}`, `text number${i}`)
    const meanwhile: unknown[] = []
    const second = keeper({
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

t.test('the loop turns while an index is saved, and what changes meanwhile gives a whole file of one state', async t => {
  const { store, path, keeper } = makeWorld(t)
  for (let i = 0; i < 2000; i++) store.put(`page-${i}`, `text number${i} ${'some more words '.repeat(i % 20)}`)
  const kept = keeper()
  await kept.open()
  let turns = 0
  let written = false
  let changes = 0
  const turn = () => {
    turns++
    if (written) return
    // Again and again, also while the second attempt is under way.
    if (turns % 5 === 0) {
      store.put('page-7', `changed ${turns}`)
      changes++
      void kept.sync()
    }
    setImmediate(turn)
  }
  setImmediate(turn)
  await kept.save()
  written = true
  t.ok(turns > 20, `${turns} turns`)
  t.ok(changes > 3)
  t.equal(kept.state.saveFailed, false)
  const saved = loadSearchEngine(readFileSync(path))!
  t.ok(saved.revision >= 2000)
  t.equal(saved.engine.size.documents, 2000)
  const expected = saved.revision === 2000 ? 'number7' : 'changed'
  t.same(
    ['number7', 'changed'].map(word => saved.engine.search(word, 1).hits.length),
    expected === 'changed' ? [0, 1] : [1, 0],
  )
  await kept.sync()
  t.same(found(kept, 'changed'), ['page-7'])
  await kept.save()
  const again = keeper()
  await again.open()
  t.same(again.engine.search('changed number8 words', 20), kept.engine.search('changed number8 words', 20))
  t.same(readdirSync(join(path, '..')), ['search-index.bin'])
})

t.test('an index saved in slices is the one saved at once, byte by byte', async t => {
  const { store, path, keeper } = makeWorld(t)
  for (let i = 0; i < 5000; i++) store.put(`page-${i}`, `text number${i} \ud800`)
  for (let i = 0; i < 5000; i += 3) store.put(`page-${i}`)
  const kept = keeper()
  await kept.open()
  await kept.save()
  t.ok(readFileSync(path).equals(kept.engine.save(kept.state.revision)))
})

/** Gives a saved index the version of an analysis before today's, and the checksum that goes with it. */
function makeOlder(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.indexOf('"analysis":') + '"analysis":'.length
  bytes[at] = bytes[at]! - 1
  bytes.writeUInt32LE(crc32(bytes.subarray(12, 24), crc32(bytes.subarray(24))), 8)
  writeFileSync(path, bytes)
}
