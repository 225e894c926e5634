import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type { Answered } from '../../../src/chat/idempotency.ts'
import { ChatError } from '../../../src/errors.ts'
import { createReceiver, type WebhookOutcome } from '../../../src/webhooks/receiver.ts'
import { createGeneric } from '../../../src/webhooks/vendors/generic.ts'
import { createSlack } from '../../../src/webhooks/vendors/slack.ts'
import { createTelegram } from '../../../src/webhooks/vendors/telegram.ts'
import type { Payload, WebhookSource } from '../../../src/webhooks/webhook.ts'
import { programMessage, slackDirect, telegramUpdate } from '../../worlds/webhooks/webhook-requests.ts'

const ANSWERED = { receipt: { response: 'At **75** degrees.', responseText: '' }, replayed: false } as unknown as Answered

const SLACK = createSlack({ secrets: ['unused'], canPost: true, now: () => 0 })
/** Events of Slack are acknowledged after 20 ms. */
const HASTY_SLACK: WebhookSource = {
  ...SLACK,
  read(payload: Payload) {
    const event = SLACK.read(payload)
    return event.kind === 'message' && event.acknowledgeWithinMs !== undefined ? { ...event, acknowledgeWithinMs: 20 } : event
  },
}

/** A receiver that posts into a list. */
function build({ posts = true, source = HASTY_SLACK } = {}) {
  const log = { debug() {}, info() {}, warn() {}, error: (facts: object) => void errors.push(facts) }
  const errors: object[] = []
  const posted: unknown[] = []
  const outcomes: WebhookOutcome[] = []
  const receiver = createReceiver({
    source,
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
  const { receiver, posted, outcomes } = build()
  const { promise, resolve } = Promise.withResolvers<Answered>()
  t.same(await receiver.receive(slackDirect('how?'), () => promise), {})
  t.same(posted, [])
  resolve(ANSWERED)
  await receiver.settle()
  t.match(posted, [{ channel: 'D024BE91L', text: 'At *75* degrees.' }])
  t.same(outcomes, ['answered'])
})

t.test('an error before the acknowledgement is the reply, so the system tries again', async t => {
  const { receiver, posted, outcomes } = build()
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
  const { receiver, posted, errors } = build()
  const { promise, reject } = Promise.withResolvers<Answered>()
  t.same(await receiver.receive(slackDirect('how?'), () => promise), {})
  reject(new ChatError('SESSION_BUSY'))
  await receiver.settle()
  t.match(posted, [{ text: 'Not answered.' }])
  t.match(errors, [{ function: 'answer_late', err: { code: 'SESSION_BUSY' } }])
})

t.test('a reply that the system does not take is counted', async t => {
  const { receiver, outcomes } = build({ posts: false })
  await receiver.receive(slackDirect('how?'), async () => ANSWERED)
  t.same(outcomes, ['answered', 'undelivered'])
})

t.test('a slash command waits for its reply, which has no other way', async t => {
  const { receiver, posted } = build()
  const { promise, resolve } = Promise.withResolvers<Answered>()
  const ids = { team_id: 'T1', channel_id: 'C1', user_id: 'U1', trigger_id: '1.1' }
  const replied = receiver.receive({ ...ids, command: '/docs', text: 'how?' }, () => promise)
  t.equal(await Promise.race([replied, delay(40, 'waits')]), 'waits')
  resolve(ANSWERED)
  t.match(await replied, { response_type: 'ephemeral', text: 'At *75* degrees.' })
  t.same(posted, [])
})

t.test('events of two conversations that have the same id and text at once are answered apart', async t => {
  const { receiver } = build({ source: createGeneric({ secrets: ['unused'], now: () => 0 }) })
  const answers = ['of Ada', 'of Bob'].map(
    response => ({ receipt: { response, responseText: response }, replayed: false }) as unknown as Answered,
  )
  const bodies = await Promise.all(
    answers.map((answer, i) =>
      receiver.receive({ ...programMessage('/history'), event_id: '1', conversation_id: `c${i}` }, async () => answer),
    ),
  )
  t.match(bodies, [
    { conversation_id: 'c0', response: 'of Ada' },
    { conversation_id: 'c1', response: 'of Bob' },
  ])
})

t.test('a thread of Telegram is a conversation if it is a topic', async t => {
  const telegram = createTelegram({ secrets: ['unused'], now: () => 0 })
  const chat = { id: -7, type: 'supergroup' }
  const update = (message: object) => telegram.read(telegramUpdate('/help', { chat, message_thread_id: 3, ...message }))
  t.match(update({ is_topic_message: true }), { conversation: '-7/3', target: { message_thread_id: 3 } })
  t.match(update({}), { conversation: '-7', target: { message_thread_id: undefined } })
})
