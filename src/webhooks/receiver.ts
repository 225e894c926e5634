import { setTimeout as delay } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Answered } from '../chat/idempotency.ts'
import type { Log } from '../logging/log.ts'
import { describePayload } from './describe-payload.ts'
import type { Payload, WebhookAnswer, WebhookMessage, WebhookSource } from './webhook.ts'

/** What became of an event. */
export type WebhookOutcome = 'answered' | 'replayed' | 'ignored' | 'refused' | 'undelivered'

export interface ReceiverOptions {
  readonly source: WebhookSource
  readonly log: Log
  readonly maxMessageChars: number
  /** Replies of the service itself. */
  readonly texts: { readonly tooLong: string; readonly notAnswered: string }
  /** Sends a message to the source's API, and resolves to whether that took it. */
  readonly post: (message: object) => Promise<boolean>
  readonly record: (outcome: WebhookOutcome) => void
}

/** Answers a message as a turn. */
export type AnswerMessage = (message: WebhookMessage) => Promise<Answered>

/** Events whose replies are known to be posted; about 2 MB. */
const MAX_POSTED = 10_000

/** Answers the events of a source. */
export interface WebhookReceiver {
  /**
   * Returns the body of the reply to a payload.
   * @throws {ChatError} of the turn, unless the event was acknowledged before it failed.
   */
  receive(payload: Payload, answer: AnswerMessage): Promise<object>
  /** Resolves when the work after acknowledgements has ended. */
  settle(): Promise<void>
}

/** Creates the receiver of a source. */
export function createReceiver({ source, log, maxMessageChars, texts, post, record }: ReceiverOptions): WebhookReceiver {
  /** Turns in progress: a retry that arrives meanwhile waits for the first. */
  const answering = new Map<string, Promise<Answered>>()
  /** A retry must not post again. After a restart it may: better twice than never. */
  const posted = new LRUCache<string, true>({ max: MAX_POSTED })
  const unfinished = new Set<Promise<object>>()

  async function answerOnce(message: WebhookMessage, answer: AnswerMessage): Promise<WebhookAnswer> {
    // A program may use an id twice: another message under it gets a turn or an error of its own.
    const { eventId, conversation, user, text } = message
    const id = JSON.stringify([eventId, conversation, user, text])
    const running = answering.get(id) ?? answer(message).finally(() => answering.delete(id))
    const isRetry = answering.has(id)
    answering.set(id, running)
    const { receipt, replayed } = await running
    record(replayed || isRetry ? 'replayed' : 'answered')
    return receipt
  }

  async function findAnswer(message: WebhookMessage, answer: AnswerMessage): Promise<WebhookAnswer> {
    if (message.text.length <= maxMessageChars) return answerOnce(message, answer)
    record('refused')
    return asAnswer(texts.tooLong)
  }

  async function deliver(message: WebhookMessage, answer: WebhookAnswer): Promise<object> {
    const { body, post: reply } = source.format(message, answer)
    if (reply === undefined || posted.has(message.eventId)) return body
    posted.set(message.eventId, true)
    if (!(await post(reply))) record('undelivered')
    return body
  }

  async function handle(message: WebhookMessage, answer: AnswerMessage): Promise<object> {
    return deliver(message, await findAnswer(message, answer))
  }

  /** Waits for a reply for as long as the source does. What fails later is said in a post. */
  async function acknowledge(message: WebhookMessage, answer: AnswerMessage, withinMs: number): Promise<object> {
    let isAcknowledged = false
    const work = handle(message, answer).catch(async (error: unknown) => {
      if (!isAcknowledged) throw error
      log.error({ function: 'answer_late', err: error }, 'Acknowledged webhook not answered')
      return deliver(message, asAnswer(texts.notAnswered))
    })
    unfinished.add(work)
    work.finally(() => unfinished.delete(work)).catch(() => undefined)
    const timer = new AbortController()
    const late = delay(withinMs, undefined, { signal: timer.signal }).then(() => {
      isAcknowledged = true
      return {}
    })
    // Aborted when the work was in time.
    late.catch(() => undefined)
    return Promise.race([work, late]).finally(() => timer.abort())
  }

  return {
    async receive(payload, answer) {
      const event = source.read(payload)
      const facts = { function: 'receive', source: source.name, kind: event.kind, payload: describePayload(payload) }
      log.info(event.kind === 'ignored' ? { ...facts, reason: event.reason } : facts, 'Webhook received')
      if (event.kind === 'ignored') record('ignored')
      if (event.kind !== 'message') return event.kind === 'handshake' ? event.body : {}
      const { acknowledgeWithinMs } = event
      return acknowledgeWithinMs === undefined ? handle(event, answer) : acknowledge(event, answer, acknowledgeWithinMs)
    },
    async settle() {
      await Promise.allSettled(unfinished)
    },
  }
}

function asAnswer(text: string): WebhookAnswer {
  return { response: text, responseText: text }
}
