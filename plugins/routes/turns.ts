import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import { describeOperation } from '../http/documentation/operations.ts'
import { toReceiptReply } from '../http/receipt-reply.ts'
import { FeedbackBody, FeedbackSchema, TurnParams, TurnSchema } from '../http/schemas.ts'
import { describeFeedback } from '../http/session-replies.ts'
import { fromWire, toWire } from '../http/wire-names.ts'

/** Turns by id: read a receipt, rate an answer. */
export default fp(
  (async fastify => {
    fastify.get(
      '/turns/:id',
      { schema: { ...describeOperation('getTurn', { 200: TurnSchema }), params: TurnParams } },
      async request => {
        const { receipt, user, feedback } = await fastify.chat.turn(request.params.id)
        addLogContext({ turn_id: receipt.turnId, session_id: receipt.sessionId, user_id: user })
        return { ...toReceiptReply(receipt), ...toWire(describeFeedback(feedback)) }
      },
    )

    fastify.post(
      '/turns/:id/feedback',
      {
        schema: { ...describeOperation('sendFeedback', { 200: FeedbackSchema }), params: TurnParams, body: FeedbackBody },
        bodyLimit: 32_768,
      },
      async request => {
        await fastify.chat.judge(request.params.id, fromWire(request.body))
        const { correct, document_id } = request.body
        return { turn_id: request.params.id, correct, document_id }
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'turns-routes', dependencies: ['chat'], encapsulate: true },
)
