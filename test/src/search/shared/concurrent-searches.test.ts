import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { IndexPublisher } from '../../../../src/search/shared/index-publisher.ts'
import type { ReaderHello } from '../../../../src/search/shared/reader-words.ts'
import { seededRandom } from '../../../worlds/seeded-random.ts'
import { until } from '../../../worlds/until.ts'
import { makeWorld } from '../index-world.ts'

const QUERIES = ['tea', 'green tea', 'word7 word12', 'coffee -tea', 'roasting', 'wrod3 teaa', 'other page3', 'unique40']
const THREADS = 2

type Found = { readonly query: string; readonly found: string }

/** An index that changes, all results that it ever had between two slices, and those of threads. */
async function searchWhileItChanges(t: Test) {
  const known = new Map(QUERIES.map(query => [query, new Set<string>()]))
  const search = (query: string) => JSON.stringify(manager.engine.search(query, 10))
  class RecordingPublisher extends IndexPublisher {
    override unlock(): void {
      for (const [query, results] of known) results.add(search(query))
      super.unlock()
    }
  }
  const readers = new RecordingPublisher()
  let clock = 0
  // Each look at the clock takes a millisecond, so that there are many slices.
  const { store, createManager } = makeWorld(t, { readers, now: () => clock++ })
  const manager = createManager()
  await manager.open()
  const seen: Found[] = []
  const latest: Map<string, string>[] = []
  for (let i = 0; i < THREADS; i++) {
    const worker = new Worker(new URL('searching-thread.ts', import.meta.url), { workerData: QUERIES, execArgv: [] })
    t.teardown(() => worker.terminate())
    const own = new Map<string, string>()
    latest.push(own)
    worker.on('error', error => t.error(error))
    worker.on('message', (message: ReaderHello | Found) => {
      if ('port' in message) return readers.connect(message)
      seen.push(message)
      own.set(message.query, message.found)
    })
  }
  await until(() => latest.every(own => own.size === QUERIES.length))

  return {
    store,
    manager,

    /** Resolves when all threads find what this one finds. */
    agree: () => until(() => latest.every(own => QUERIES.every(query => own.get(query) === search(query)))),

    /** Returns the results that the index never had. */
    strange: () => seen.filter(({ query, found }) => !known.get(query)?.has(found)),
    seen,
  }
}

for (const seed of [1, 2, 3])
  t.test(`threads find what the index has between two slices of changes, seed ${seed}`, async t => {
    const { store, manager, agree, strange, seen } = await searchWhileItChanges(t)
    const next = seededRandom(seed)
    const random = (limit: number) => Math.floor(next() * limit)
    const sentence = (step: number) => {
      const words = Array.from({ length: 3 + random(20) }, () => `word${random(60)}`)
      const rare = Array.from({ length: random(30) }, (_, i) => `unique${100 * step + i}`)
      return [['green tea', 'coffee', 'roasting', 'tea'][random(4)], ...words, ...rare].join(' ')
    }
    for (let step = 0; step < 150; step++) {
      for (let i = random(4); i >= 0; i--) {
        // Of ten documents, three are removed, and one has more passages than one slice takes.
        const kind = random(10)
        const passages = kind < 3 ? 0 : kind === 9 ? 30 : 1 + random(8)
        store.put(`page${random(25)}`, ...Array.from({ length: passages }, () => sentence(step)))
      }
      await manager.sync()
      if (step % 30 === 29) await agree()
    }
    await agree()
    t.same(strange().slice(0, 3), [])
    t.ok(seen.length > 2 * QUERIES.length, `${seen.length} results`)
  })
