import t from 'tap'
import { ChatError } from '../../../src/errors.ts'
import { waitForIndex } from '../../../src/search/retrieval.ts'
import { makeWorld, type Store } from './index-world.ts'

/** An index whose store replies when `release` is called. */
function openSlowly(t: Parameters<typeof makeWorld>[0], signal?: AbortSignal) {
  const { promise, resolve: release } = Promise.withResolvers<void>()
  const { store, createManager } = makeWorld(t)
  store.put('tea', 'Green tea')
  const slow: Store = {
    revision: () => store.revision(),
    count: () => store.count(),
    changesSince: (...args) => promise.then(() => store.changesSince(...args)),
  }
  const manager = createManager({ store: slow, ...(signal !== undefined && { signal }) })
  return { manager, opening: manager.open(), release }
}

t.test('questions wait for the documents, and are refused if these take too long', async t => {
  const { manager, opening, release } = openSlowly(t)
  await t.rejects(manager.untilReady(0), { code: 'INDEX_INCOMPLETE', retryAfterS: 5 })
  const asked = waitForIndex(manager, async (query: string) => manager.engine.search(query, 5).hits.length)('tea')
  release()
  t.equal(await asked, 1)
  await opening
  await manager.untilReady(0)
})

t.test('questions get the error that the index met, until it is ready', async t => {
  const { store, createManager } = makeWorld(t)
  store.put('tea', 'Green tea')
  let isDamaged = true
  const changesSince: Store['changesSince'] = async (...args) => {
    if (isDamaged) throw new ChatError('DATABASE_UNAVAILABLE')
    return store.changesSince(...args)
  }
  const manager = createManager({ store: { revision: () => store.revision(), count: () => store.count(), changesSince } })
  const opening = manager.open()
  await t.rejects(manager.untilReady(), { code: 'DATABASE_UNAVAILABLE' })
  await t.rejects(opening, { code: 'DATABASE_UNAVAILABLE' })
  await t.rejects(manager.untilReady(), { code: 'DATABASE_UNAVAILABLE' }, 'at once')
  isDamaged = false
  await manager.sync()
  await manager.untilReady(0)
})

t.test('questions that wait are refused at once when the server closes', async t => {
  const closing = new AbortController()
  const { manager, opening, release } = openSlowly(t, closing.signal)
  const asked = t.rejects(manager.untilReady(), { code: 'SHUTTING_DOWN' })
  closing.abort()
  await asked
  await t.rejects(manager.untilReady(), { code: 'SHUTTING_DOWN' })
  release()
  await opening
})
