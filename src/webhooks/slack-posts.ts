import { setTimeout as delay } from 'node:timers/promises'
import { roundMs } from '../base/round-ms.ts'
import { errnoOf } from '../errors.ts'
import type { Log } from '../logging/log.ts'

export interface SlackPostsOptions {
  /** Address of the Web API, such as `https://slack.com/api`. */
  readonly api: string
  /** Token of the bot. */
  readonly token: string
  readonly log: Log
  /** Monotonic, in milliseconds. */
  readonly clock: () => number
  /** Ends waiting for the next attempt, and soon the attempt in progress. Default: never. */
  readonly closing?: AbortSignal
  /** Time (ms) that an attempt gets when the server closes. Default: 1 s. */
  readonly closingGraceMs?: number
  /** Times (ms) between attempts. Default: 1, 4, 15 and 60 s. */
  readonly retryAfterMs?: readonly number[]
}

/** How an attempt ended: `retry` if another one may succeed. */
type Attempt =
  | { readonly kind: 'posted' }
  | { readonly kind: 'retry' | 'refused'; readonly reason: string; readonly afterMs?: number }

const ATTEMPT_TIMEOUT_MS = 5000
/** A stop waits for all requests first, and has eight seconds for everything. */
const CLOSING_GRACE_MS = 1000
const RETRY_AFTER_MS = [1000, 4000, 15_000, 60_000]
/** Slack asks for less than a minute. */
const MAX_RETRY_AFTER_S = 60
const MAX_REPLY_BYTES = 65_536
/** Posts that are in progress. A queue without limit would take memory during an outage. */
const MAX_PENDING = 1000
/** Errors of Slack's after which a repetition may succeed. */
const PASSING = /^(?:ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org)$/

/**
 * Creates a function that posts a message by `chat.postMessage`, up to five times. Resolves to
 * whether Slack took it; a failure is logged.
 */
export function createSlackPosts(options: SlackPostsOptions): (message: object) => Promise<boolean> {
  const { log, clock, closing, closingGraceMs = CLOSING_GRACE_MS, retryAfterMs = RETRY_AFTER_MS } = options
  const ending = new AbortController()
  closing?.addEventListener('abort', () => setTimeout(() => ending.abort(), closingGraceMs).unref(), { once: true })
  let pending = 0

  async function post(message: object): Promise<boolean> {
    const started = clock()
    for (let attempts = 1; ; attempts++) {
      const attempt = await tryPost(message, options, ending.signal)
      const facts = { function: 'post_reply', attempts, took_ms: roundMs(clock() - started) }
      if (attempt.kind === 'posted') {
        log.info(facts, 'Slack reply posted')
        return true
      }
      const pauseMs = retryAfterMs[attempts - 1]
      const isLast = attempt.kind === 'refused' || pauseMs === undefined || closing?.aborted === true
      if (isLast || !(await hasWaited(attempt.afterMs ?? pauseMs, closing))) {
        log.error({ ...facts, reason: attempt.reason }, 'Slack reply not posted')
        return false
      }
    }
  }

  return async message => {
    if (pending >= MAX_PENDING) {
      log.error({ function: 'post_reply', attempts: 0, reason: 'too_many_waiting' }, 'Slack reply not posted')
      return false
    }
    pending++
    try {
      return await post(message)
    } finally {
      pending--
    }
  }
}

async function tryPost(message: object, { api, token }: SlackPostsOptions, ending: AbortSignal): Promise<Attempt> {
  try {
    const reply = await fetch(`${api.replace(/\/$/, '')}/chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
      body: JSON.stringify(message),
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(ATTEMPT_TIMEOUT_MS), ending]),
    })
    const afterS = Number(reply.headers.get('retry-after') ?? Number.NaN)
    const afterMs = afterS > 0 ? Math.min(afterS, MAX_RETRY_AFTER_S) * 1000 : undefined
    const { ok, error } = await readReply(reply)
    if (reply.ok && ok === true) return { kind: 'posted' }
    const reason = typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : `status_${reply.status}`
    const isPassing = reply.status === 429 || reply.status >= 500 || PASSING.test(reason)
    return { kind: isPassing ? 'retry' : 'refused', reason, ...(afterMs !== undefined && { afterMs }) }
  } catch (error) {
    // The message of an error may contain the address.
    const { name, cause } = error as { readonly name?: string; readonly cause?: unknown }
    const isTimeout = name === 'TimeoutError' || ending.aborted
    return { kind: 'retry', reason: isTimeout ? 'timed_out' : (errnoOf(cause)?.toLowerCase() ?? 'no_connection') }
  }
}

async function readReply(reply: Response): Promise<{ readonly ok?: unknown; readonly error?: unknown }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of reply.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MAX_REPLY_BYTES) break
  }
  try {
    return Object(JSON.parse(Buffer.concat(chunks).toString('utf8')))
  } catch {
    // A proxy's page of an error: the status says enough.
    return {}
  }
}

/** Resolves to true after a time; to false when the server closes. */
async function hasWaited(ms: number, closing: AbortSignal | undefined): Promise<boolean> {
  return delay(ms, true, { signal: closing, ref: false }).catch(() => false)
}
