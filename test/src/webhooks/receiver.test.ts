import t, { type Test } from 'tap'
import type { Answered } from '../../../src/chat/idempotency.ts'
import { ChatError } from '../../../src/errors.ts'
import { createReceiver, type WebhookOutcome } from '../../../src/webhooks/receiver.ts'
import { createSlack } from '../../../src/webhooks/vendors/slack.ts'
import { slackDirect } from '../../worlds/webhooks/webhook-requests.ts'

const ANSWERED = { receipt: { response: 'At **75** degrees.', responseText: '' }, replayed: false } as unknown as Answered

/** A receiver of Slack's events that waits for 20 ms, and posts into a list. */
function build(_: Test, { posts = true } = {}) {
  const log = { debug() {}, info() {}, warn() {}, error: (facts: object) => void errors.push(facts) }
  const errors: object[] = []
  const posted: unknown[] = []
  const outcomes: WebhookOutcome[] = []
  const receiver = createReceiver({
    source: { ...createSlack({ secrets: ['unused'], canPost: true, now: () => 0 }), acknowledgeWithinMs: 20 },
    log,
    maxMessageChars: 100,
    texts: { tooLong: 'Too long.', notAnswered: 'Not answered.' },
    post: async message => {
      posted.push(message)
      return posts
    },
    record: outcome => void outcomes.push(outcome),
  })
  return { receiver, posted, outcomes, errors }
}

t.test('an answer that takes longer than the system waits is posted after the acknowledgement', async t => {
  const { receiver, posted, outcomes } = build(t)
  const { promise, resolve } = Promise.withResolvers<Answered>()
  t.same(await receiver.receive(slackDirect('how?'), () => promise), {})
  t.same(posted, [])
  resolve(ANSWERED)
  await receiver.settle()
  t.match(posted, [{ channel: 'D024BE91L', text: 'At *75* degrees.' }])
  t.same(outcomes, ['answered'])
})

t.test('an error before the acknowledgement is the reply, so the system tries again', async t => {
  const { receiver, posted, outcomes } = build(t)
  const event = slackDirect('how?')
  const fail = async () => {
    throw new ChatError('OVERLOADED')
  }
  await t.rejects(receiver.receive(event, fail), { code: 'OVERLOADED' })
  t.same(posted, [])
  t.same(await receiver.receive(event, async () => ANSWERED), {})
  t.equal(posted.length, 1)
  t.same(outcomes, ['answered'])
})

t.test('an error after the acknowledgement is logged, and posted to the user', async t => {
  const { receiver, posted, errors } = build(t)
  const { promise, reject } = Promise.withResolvers<Answered>()
  t.same(await receiver.receive(slackDirect('how?'), () => promise), {})
  reject(new ChatError('SESSION_BUSY'))
  await receiver.settle()
  t.match(posted, [{ text: 'Not answered.' }])
  t.match(errors, [{ function: 'answer_late', err: { code: 'SESSION_BUSY' } }])
})

t.test('a reply that the system does not take is counted', async t => {
  const { receiver, outcomes } = build(t, { posts: false })
  await receiver.receive(slackDirect('how?'), async () => ANSWERED)
  t.same(outcomes, ['answered', 'undelivered'])
})
