import type { FastifyRequest } from 'fastify'
import type { RequestOrigin } from '../../../src/chat/chat-request.ts'
import type { SourceName, WebhookApplication, WebhookRequest } from '../../../src/webhooks/webhook.ts'
import { NO_TRACE } from '../../edge/replies/error-reply.ts'

/** What the signature of a request is checked against. Without a body, it is empty. */
export function toWebhookRequest({ headers, body }: FastifyRequest): WebhookRequest {
  return { headers, body: body instanceof Uint8Array ? body : new Uint8Array() }
}

/** The origin of a message of a webhook: an application of its own for each source. */
export function originOf({ id, telemetry: { span } }: FastifyRequest, source: SourceName, eventId: string): RequestOrigin {
  const application: WebhookApplication = `webhook:${source}`
  return {
    requestId: id,
    traceId: span?.traceId ?? NO_TRACE,
    spanId: span?.spanId,
    address: source,
    application,
    client: application,
    idempotencyKey: eventId,
  }
}
