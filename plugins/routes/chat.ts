import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { addressOf, nameOpener } from '../http/access/client.ts'
import { grant } from '../http/access/route-access.ts'
import { describeOperation } from '../http/documentation/operations.ts'
import { NO_TRACE } from '../http/error-reply.ts'
import { receiptHeaders } from '../http/receipt-headers.ts'
import { toReceiptReply } from '../http/receipt-reply.ts'
import { ChatBody, ChatHeaders, ReceiptSchema } from '../http/schemas.ts'

/** `POST /chat`: answers a message with a receipt. */
export default fp(
  (async fastify => {
    grant(fastify, ['chat'])
    fastify.post(
      '/chat',
      {
        schema: {
          ...describeOperation('sendMessage', { 200: ReceiptSchema }),
          headers: ChatHeaders,
          body: ChatBody,
        },
        bodyLimit: 131_072,
      },
      async (request, reply) => {
        const { message, session_id: sessionId, user_id: userId } = request.body
        const { span } = request.telemetry
        const origin = {
          requestId: request.id,
          traceId: span?.traceId ?? NO_TRACE,
          spanId: span?.spanId,
          address: addressOf(request) ?? 'unknown',
          application: request.caller.application,
          client: sessionId === undefined ? nameOpener(request, fastify.pseudonym) : undefined,
          idempotencyKey: request.headers['idempotency-key'],
        }
        const answered = await fastify.chat.answer({ message, sessionId, userId }, origin)
        reply.headers(receiptHeaders(answered))
        return toReceiptReply(answered.receipt)
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'chat-routes', dependencies: ['access', 'chat', 'pseudonym', 'telemetry'], encapsulate: true },
)
