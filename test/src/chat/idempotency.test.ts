import t, { type Test } from 'tap'
import { createIdempotency } from '../../../src/chat/idempotency.ts'
import type { IdempotencyRecord } from '../../../src/chat/turn.ts'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { fixedText } from '../../../src/reply-text.ts'
import { NO_LIMITS, openWorld, sessionOf, turnOf } from '../database/world.ts'

const TTL_MS = 1000

/** A real store with one session, a manual clock, and a function that stores a turn per call. */
async function openIdempotency(t: Test) {
  const { database } = openWorld(t)
  await createSessionStore(database).open(sessionOf('s', { expiresAt: 1_000_000 }), NO_LIMITS)
  const turns = createTurnStore(database)
  const world = { time: 5000, runs: 0 }
  const once = createIdempotency({ turns, ttlMs: TTL_MS, now: () => world.time })
  async function run(idempotency: IdempotencyRecord) {
    const turn = turnOf('s', `turn ${++world.runs}`, { createdAt: world.time })
    await turns.append(turn, { idempotency, sessionExpiresAt: 1_000_000 })
    return { receipt: turn.receipt, reply: fixedText(turn.receipt.response), storeMs: 1 }
  }
  return { world, once, run }
}

t.test('a request is processed once, and a retry gets the stored receipt', async t => {
  const { world, once, run } = await openIdempotency(t)
  const first = await once({ key: 'k', fingerprint: 'body' }, run)
  t.equal(first.replayed, false)
  const again = await once({ key: 'k', fingerprint: 'body' }, run)
  t.match(again, { receipt: first.receipt, replayed: true, storeMs: undefined })
  t.equal(again.reply.text, first.receipt.response)
  t.equal(
    again.reply.toLog(text => text),
    '[text]',
    'a log omits a replayed response',
  )
  t.equal(world.runs, 1)
})

t.test('another body with the same key is refused, during the first request and after it', async t => {
  const { world, once, run } = await openIdempotency(t)
  const first = once({ key: 'k', fingerprint: 'body' }, run)
  await t.rejects(once({ key: 'k', fingerprint: 'other' }, run), { code: 'IDEMPOTENCY_KEY_REUSED' })
  await t.rejects(once({ key: 'k', fingerprint: 'body' }, run), { code: 'IDEMPOTENCY_KEY_IN_USE' })
  await first
  await t.rejects(once({ key: 'k', fingerprint: 'other' }, run), { code: 'IDEMPOTENCY_KEY_REUSED' })
  t.equal(world.runs, 1)
})

t.test('the key of a failed request can be used again, also with another body', async t => {
  const { world, once, run } = await openIdempotency(t)
  const fail = async () => {
    throw new Error('before anything was stored')
  }
  await t.rejects(once({ key: 'k', fingerprint: 'body' }, fail), { message: /before/ })
  t.equal((await once({ key: 'k', fingerprint: 'other' }, run)).replayed, false)
  t.equal(world.runs, 1)
})

t.test('different keys are independent', async t => {
  const { world, once, run } = await openIdempotency(t)
  await Promise.all(['a', 'b', 'A', 'a '].map(key => once({ key, fingerprint: 'body' }, run)))
  t.equal(world.runs, 4)
})

t.test('a key expires after its lifetime', async t => {
  const { world, once, run } = await openIdempotency(t)
  await once({ key: 'k', fingerprint: 'body' }, run)
  world.time += TTL_MS - 1
  t.equal((await once({ key: 'k', fingerprint: 'body' }, run)).replayed, true)
  world.time += 1
  t.equal((await once({ key: 'k', fingerprint: 'other' }, run)).replayed, false, 'also with another body')
  t.equal(world.runs, 2)
})
