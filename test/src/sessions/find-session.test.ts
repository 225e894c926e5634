import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createPseudonymizer } from '../../../src/access/pseudonym.ts'
import { createSessionFinder } from '../../../src/sessions/find-session.ts'
import { createSessionManager } from '../../../src/sessions/session-manager.ts'
import { createMemorySessionStore } from './memory-session-store.ts'

t.test('a session of many is found by its pseudonym, with a pause after every 500', async t => {
  const store = createMemorySessionStore()
  const limits = { maxSessions: 10_000, maxPerUser: 5, maxPerClient: 1000 }
  const manager = createSessionManager({ store, limits, idleTimeoutMs: 1000, now: () => 1, randomBytes })
  for (let n = 0; n < 1700; n++) await manager.open()
  const pseudonym = createPseudonymizer('key')
  let pauses = 0
  const find = createSessionFinder({ store, hasPseudonym: pseudonym.isSession, pause: async () => pauses++ })
  const ids = await store.listIds('', 1700)
  for (const at of [0, 499, 500, 1699]) {
    const id = ids[at] ?? ''
    t.match(await find(pseudonym.session(id)), { id })
    t.match(await find(id), { id })
  }
  pauses = 0
  await t.rejects(find(pseudonym.session('another')), { code: 'SESSION_NOT_FOUND' })
  t.equal(pauses, 4)
})
