import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Turn } from '../../src/chat/turn.ts'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import { describeOperation } from '../http/documentation/operations.ts'
import { FeedbackBody, FeedbackSchema, ReceiptSchema, TurnParams } from '../http/schemas.ts'
import { toWire } from '../http/wire-names.ts'

/** Turns by id: read a receipt, rate an answer. */
export default (async fastify => {
  const log = fastify.log.child({ module: 'chat' })

  /** Finds a turn and adds its ids to the request's log lines. */
  async function findTurn(id: string): Promise<Turn> {
    const turn = await fastify.chat.turn(id)
    addLogContext({ turn_id: id, session_id: turn.receipt.sessionId, user_id: turn.user })
    return turn
  }

  fastify.get(
    '/turns/:id',
    { schema: { ...describeOperation('getTurn', { 200: ReceiptSchema }), params: TurnParams } },
    async request => toWire((await findTurn(request.params.id)).receipt),
  )

  fastify.post(
    '/turns/:id/feedback',
    {
      schema: { ...describeOperation('sendFeedback', { 200: FeedbackSchema }), params: TurnParams, body: FeedbackBody },
      bodyLimit: 32_768,
    },
    async request => {
      const { id } = request.params
      const { correct } = request.body
      await findTurn(id)
      await fastify.chat.judge(id, request.body)
      log.info({ function: 'record_feedback', judged_turn_id: id, correct }, 'Feedback recorded')
      return { turn_id: id, correct }
    },
  )
}) satisfies FastifyPluginAsyncTypebox
