import { createHmac } from 'node:crypto'
import type { Channel, Notification } from './notification.ts'
import { postJson } from './post.ts'

export interface WebhookOptions {
  readonly url: string
  /** Signs the body. Without it there is no signature. */
  readonly secret?: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Posts notifications as JSON to any program. `x-pellucid-signature` is `sha256=` and the HMAC of
 * the timestamp in `x-pellucid-timestamp`, a dot and the body.
 */
export function createWebhookChannel({ url, secret, now }: WebhookOptions): Channel {
  return {
    name: 'webhook',
    send(notification, signal) {
      const body = toWebhookBody(notification)
      const timestamp = String(Math.floor(now() / 1000))
      const signature = secret && `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
      return postJson(
        url,
        body,
        {
          // A header takes ASCII only.
          'idempotency-key': notification.id.toWellFormed().replace(/[^\x21-\x7e]/g, encodeURIComponent),
          ...(signature !== undefined && { 'x-pellucid-timestamp': timestamp, 'x-pellucid-signature': signature }),
        },
        signal,
      )
    },
  }
}

/** The JSON that programs get. */
function toWebhookBody({
  id,
  kind,
  severity,
  title,
  summary,
  facts,
  text,
  lines,
  links,
  alerts,
  createdAtMs,
}: Notification): string {
  return JSON.stringify({
    id,
    kind,
    severity,
    title,
    summary,
    facts: Object.fromEntries(facts),
    text,
    ...(lines !== undefined && { lines }),
    links: Object.fromEntries(links),
    ...(alerts !== undefined && { alerts }),
    created_at: new Date(createdAtMs).toISOString(),
  })
}
