import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import { describeOperation } from '../http/documentation/operations.ts'
import { FeedbackBody, FeedbackSchema, ReceiptSchema, TurnParams } from '../http/schemas.ts'
import { toWire } from '../http/wire-names.ts'

/** Turns by id: read a receipt, rate an answer. */
export default fp(
  (async fastify => {
    fastify.get(
      '/turns/:id',
      { schema: { ...describeOperation('getTurn', { 200: ReceiptSchema }), params: TurnParams } },
      async request => {
        const { receipt, user } = await fastify.chat.turn(request.params.id)
        addLogContext({ turn_id: receipt.turnId, session_id: receipt.sessionId, user_id: user })
        return toWire(receipt)
      },
    )

    fastify.post(
      '/turns/:id/feedback',
      {
        schema: { ...describeOperation('sendFeedback', { 200: FeedbackSchema }), params: TurnParams, body: FeedbackBody },
        bodyLimit: 32_768,
      },
      async request => {
        await fastify.chat.judge(request.params.id, request.body)
        return { turn_id: request.params.id, correct: request.body.correct }
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'turns-routes', dependencies: ['chat'], encapsulate: true },
)
