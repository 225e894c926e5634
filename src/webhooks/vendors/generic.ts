import { ChatError } from '../../errors.ts'
import { cleanText, idAt, parseJson, textAt, valueAt } from '../payload.ts'
import { headerOf, hmac, requireRecent, requireSignature } from '../signature.ts'
import type { SourceOptions, WebhookSource } from '../webhook.ts'

const FIELDS = new Set(['event_id', 'conversation_id', 'user_id', 'message'])

/**
 * A form of our own, for any program. It is signed as the webhooks that this server sends:
 * `x-pellucid-signature` is `sha256=` and the HMAC of the timestamp in `x-pellucid-timestamp`
 * (seconds), a dot and the body.
 */
export function createGeneric({ secrets, now }: SourceOptions): WebhookSource {
  return {
    name: 'generic',

    authenticate(request) {
      const timestamp = headerOf(request, 'x-pellucid-timestamp') ?? ''
      requireSignature(
        headerOf(request, 'x-pellucid-signature'),
        secrets.map(secret => `sha256=${hmac(secret, [`${timestamp}.`, request.body], 'hex')}`),
      )
      requireRecent(Number(timestamp) * 1000, now())
      return parseJson(request.body)
    },

    read(payload) {
      const unknown = Object.keys(payload).find(name => !FIELDS.has(name))
      if (unknown !== undefined)
        throw new ChatError('VALIDATION_ERROR', {
          message: `The body has an unknown field. Use ${[...FIELDS].join(', ')}`,
        })
      const text = cleanText(textAt(payload, 'message') ?? '')
      if (text === '') throw new ChatError('VALIDATION_ERROR', { message: 'message: is missing or empty. Use a text' })
      const conversation = idAt(payload, 'conversation_id')
      return {
        kind: 'message',
        eventId: idAt(payload, 'event_id'),
        conversation,
        ...(valueAt(payload, 'user_id') !== undefined && { user: idAt(payload, 'user_id') }),
        text,
        target: { event_id: idAt(payload, 'event_id'), conversation_id: conversation },
      }
    },

    format: ({ target }, { response, responseText, turnId, traceId, kind, confidence, sources, suggestions }) => ({
      body: {
        ...target,
        response,
        response_text: responseText,
        turn_id: turnId,
        trace_id: traceId,
        kind,
        confidence,
        sources: sources?.map(({ title, location }) => ({ title, location })),
        suggestions,
      },
    }),
  }
}
