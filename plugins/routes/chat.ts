import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { addressOf, nameOpener } from '../access/callers/client.ts'
import { grant } from '../access/callers/route-access.ts'
import { NO_TRACE } from '../edge/replies/error-reply.ts'
import { describeOperation } from './documentation/operations.ts'
import { receiptHeaders } from './replies/receipt-headers.ts'
import { toReceiptReply } from './replies/receipt-reply.ts'
import { ChatBody, ChatHeaders, ReceiptSchema } from './schemas/schemas.ts'

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
