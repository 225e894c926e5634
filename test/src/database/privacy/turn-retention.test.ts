import t from 'tap'
import type { Database } from '../../../../src/database/database-manager.ts'
import { readLogErasures } from '../../../../src/database/privacy/log-erasures.ts'
import { runTurnRetention } from '../../../../src/database/privacy/turn-retention.ts'
import { createTurnStore } from '../../../../src/database/turn-store.ts'
import { isPlausible } from '../../../../src/logging/retention/last-run.ts'
import { NO_LIMITS, openWorld, sessionOf, turnOf } from '../world.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 0, 15)
const defaults = { textDays: 30, factDays: 90, now: () => NOW, startedAt: NOW, lastRun: NOW - DAY, isPlausible }

/** A session for each age in days, with one turn and the key of its request. */
async function addTurns(database: Database, agesInDays: readonly number[], from = NOW) {
  const turns = createTurnStore(database)
  for (const [i, age] of agesInDays.entries()) {
    const id = `${i} of ${agesInDays.length}`
    const createdAt = from - age * DAY
    await database.write('openSession', { session: sessionOf(id, { user: 'u' }), limits: NO_LIMITS })
    const idempotency = { key: `key of ${id}`, fingerprint: 'f', expiresAt: NOW + DAY }
    await turns.append(turnOf(id, `turn ${id}`, { createdAt }), { idempotency, activeAt: 1000, sessionExpiresAt: 2000 })
    await turns.recordFeedback(`turn ${id}`, { correct: true, comment: 'a comment', createdAt })
  }
  await database.write('expireSessions', { now: NOW, limit: 10_000 })
}

const stored = (database: Database) =>
  database.all<object>`SELECT turn_id, message <> '' AS text, feedback_comment IS NOT NULL AS comment,
    EXISTS (SELECT 1 FROM idempotency_keys WHERE idempotency_keys.turn_id = turns.turn_id) AS key FROM turns ORDER BY created_at DESC`

t.test('a turn loses its text at one age and is deleted with its session at another', async t => {
  const { database } = openWorld(t)
  await addTurns(database, [29, 31, 89, 91])
  const kept = { text: 1, comment: 1, key: 1 }
  t.same(await runTurnRetention({ ...defaults, database, dryRun: true }), {
    texts: 2,
    turns: 1,
    heldOffSince: undefined,
    ranAt: undefined,
  })
  t.equal(stored(database).length, 4, 'a dry run changes nothing')
  t.same(await runTurnRetention({ ...defaults, database }), { texts: 2, turns: 1, heldOffSince: undefined, ranAt: NOW })
  t.same(stored(database), [
    { turn_id: 'turn 0 of 4', ...kept },
    { turn_id: 'turn 1 of 4', text: 0, comment: 0, key: 0 },
    { turn_id: 'turn 2 of 4', text: 0, comment: 0, key: 0 },
  ])
  t.same(database.all`SELECT count(*) AS sessions FROM sessions`, [{ sessions: 3 }])
  t.equal(database.state.pendingErasures, 0, 'the text has left the write-ahead log')
  t.match(await runTurnRetention({ ...defaults, database }), { texts: 0, turns: 0 })
  await createTurnStore(database).eraseContent('1 of 4')
  t.match(readLogErasures(database), { names: ['1 of 4'], since: NOW - 31 * DAY }, 'the log may still have the text')
  t.match(await runTurnRetention({ ...defaults, textDays: undefined, factDays: undefined, database }), { texts: 0, turns: 0 })
})

t.test('a clock that jumped deletes nothing until the run is confirmed', async t => {
  const { database } = openWorld(t)
  await addTurns(database, [1, 2, 3])
  const jumped = { ...defaults, database, now: () => NOW + 3000 * DAY }
  t.same(await runTurnRetention(jumped), { texts: 0, turns: 0, heldOffSince: NOW - DAY, ranAt: undefined })
  const first = await runTurnRetention({ ...jumped, lastRun: undefined })
  t.same(first, { texts: 0, turns: 0, heldOffSince: NOW - DAY, ranAt: NOW - DAY }, 'the newest turn says what time it was')
  t.equal(stored(database).length, 3)
  t.match(await runTurnRetention({ ...jumped, confirmed: true }), { turns: 3, heldOffSince: undefined, ranAt: NOW + 3000 * DAY })
})

t.test('turns are stored between the batches of a run', async t => {
  const { database } = openWorld(t)
  await addTurns(
    database,
    Array.from({ length: 200 }, () => 100),
  )
  await database.write('openSession', { session: sessionOf('new'), limits: NO_LIMITS })
  const turns = createTurnStore(database)
  let isRunning = true
  const run = runTurnRetention({ ...defaults, database }).finally(() => (isRunning = false))
  let appended = 0
  while (isRunning) {
    await turns.append(turnOf('new', `new turn ${appended}`, { createdAt: NOW }), { sessionExpiresAt: NOW + DAY })
    if (isRunning) appended++
  }
  t.match(await run, { turns: 200, texts: 0 })
  t.ok(appended >= 7, `${appended} turns were stored in a run of 7 batches`)
})
