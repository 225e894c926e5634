import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { readVerdict } from '../../src/base/verdict.ts'
import { ChatError } from '../../src/errors.ts'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { toReceiptReply } from './replies/receipt-reply.ts'
import { describeFeedback, verdictOf } from './replies/session-replies.ts'
import { fromWire, toWire } from './replies/wire-names.ts'
import { FeedbackBody, FeedbackSchema, TurnHeaders, TurnParams, TurnSchema } from './schemas/schemas.ts'

/** What a caller knows of the turn that it asks for. */
function claimOf({ caller, headers }: FastifyRequest) {
  const sessionId = headers['x-session-id']
  return { owner: caller, ...(typeof sessionId === 'string' && { sessionId }) }
}

/** Turns by id: read a receipt, rate an answer. */
export default fp(
  (async fastify => {
    grant(fastify, ['chat'])
    fastify.get(
      '/turns/:id',
      { schema: { ...describeOperation('getTurn', { 200: TurnSchema }), params: TurnParams, headers: TurnHeaders } },
      async request => {
        const { receipt, user, feedback } = await fastify.chat.turn(request.params.id, claimOf(request))
        addLogContext({ turn_id: receipt.turnId, session_id: fastify.pseudonym.session(receipt.sessionId), user_id: user })
        // Turn ids are in logs: without a key, only a caller who knows the session gets its id.
        const isKnown = request.caller.application !== undefined || request.headers['x-session-id'] !== undefined
        return {
          ...toReceiptReply(receipt),
          session_id: isKnown ? receipt.sessionId : undefined,
          ...toWire(describeFeedback(feedback)),
        }
      },
    )

    fastify.post(
      '/turns/:id/feedback',
      {
        schema: {
          ...describeOperation('sendFeedback', { 200: FeedbackSchema }),
          params: TurnParams,
          headers: TurnHeaders,
          body: FeedbackBody,
        },
        bodyLimit: 32_768,
      },
      async request => {
        const { verdict, correct: former, ...others } = request.body
        const correct = verdict === undefined ? former : readVerdict(verdict) === 'good'
        if (correct === undefined) throw new ChatError('VALIDATION_ERROR', { message: 'verdict: good or bad is required' })
        await fastify.chat.judge(request.params.id, { correct, ...fromWire(others) }, claimOf(request))
        return { turn_id: request.params.id, verdict: verdictOf({ correct }), correct, document_id: others.document_id }
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  { name: 'turns-routes', dependencies: ['access', 'chat', 'pseudonym'], encapsulate: true },
)
