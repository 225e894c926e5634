import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { FeedbackBody, FeedbackSchema, ReceiptSchema, TurnParams } from '../http/schemas.ts'
import { toWire } from '../http/wire-names.ts'

/** Turns by their id: the receipt again, and the user's judgement of it. */
export default (async fastify => {
  fastify.get(
    '/turns/:id',
    { schema: { tags: ['chat'], summary: 'Get a receipt again', params: TurnParams, response: { 200: ReceiptSchema } } },
    async request => toWire(await fastify.chat.receipt(request.params.id)),
  )

  fastify.post(
    '/turns/:id/feedback',
    {
      schema: {
        tags: ['chat'],
        summary: 'Judge an answer',
        params: TurnParams,
        body: FeedbackBody,
        response: { 200: FeedbackSchema },
      },
      bodyLimit: 32_768,
    },
    async request => {
      await fastify.chat.judge(request.params.id, request.body)
      return { turn_id: request.params.id, correct: request.body.correct }
    },
  )
}) satisfies FastifyPluginAsyncTypebox
