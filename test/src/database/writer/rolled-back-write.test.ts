import { readFileSync } from 'node:fs'
import t from 'tap'
import { createSessionStore } from '../../../../src/database/session-store.ts'
import { createTurnStore } from '../../../../src/database/turn-store.ts'
import { NO_LIMITS, openWorld, sessionOf, turnOf } from '../world.ts'

t.test('a refused write leaves no copy of a turn that an erasure would miss', async t => {
  const { database, path } = openWorld(t)
  const turns = createTurnStore(database)
  await createSessionStore(database).open(sessionOf('s1', { expiresAt: 1e12 }), NO_LIMITS)
  const say = async (id: string, text: string) => {
    const turn = turnOf('s1', id)
    const receipt = { ...turn.receipt, suggestions: [text] }
    await turns.append({ ...turn, receipt }, { activeAt: 1000, sessionExpiresAt: 1e12 })
  }
  // Free pages, which the refused write takes.
  await say('t1', 'first-word '.repeat(30_000))
  await turns.eraseContent('s1')
  await say('t2', 'second-word '.repeat(3000))
  const judged = turns.recordFeedback('t2', {
    correct: false,
    comment: 'third-word '.repeat(100),
    documentId: 'no/such',
    createdAt: 1,
  })
  await t.rejects(judged, { code: 'DOCUMENT_NOT_FOUND' })
  await turns.eraseContent('s1')
  t.ok(await database.erased())
  const files = ['', '-wal'].map(ending => readFileSync(`${path}${ending}`, 'latin1')).join('')
  for (const word of ['first-word', 'second-word', 'third-word']) t.notOk(files.includes(word), word)
})
