import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { addLogContext } from '../../src/logging/record/log-context.ts'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { describeSession, describeTurn } from './replies/session-replies.ts'
import { toWire } from './replies/wire-names.ts'
import { ReadSessionSchema, ReasonBody, SessionNameParams, TurnPageQuery } from './schemas/schemas.ts'

/** Conversations of others, for operators who say why they read them. */
export default fp(
  (async fastify => {
    grant(fastify, ['operator'])
    const { toWall } = fastify.steadyClock
    fastify.post(
      '/admin/sessions/:id/open',
      {
        schema: {
          ...describeOperation('readSession', { 200: ReadSessionSchema }),
          params: SessionNameParams,
          querystring: TurnPageQuery,
          body: ReasonBody,
        },
        bodyLimit: 16_384,
      },
      async request => {
        const session = await fastify.findSession(request.params.id)
        // The id would let the reader speak in the session.
        const pseudonym = fastify.pseudonym.session(session.id)
        addLogContext({ session_id: pseudonym })
        const { turns, next } = await fastify.chat.page(session.id, request.query)
        const { reason } = request.body
        await fastify.audit.record('session_opened', { session_id: pseudonym, turns: turns.length, reason })
        return toWire({ ...describeSession({ ...session, id: pseudonym }, toWall), turns: turns.map(describeTurn), next })
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  {
    name: 'opened-sessions-routes',
    dependencies: ['audit', 'chat', 'find-session', 'pseudonym', 'steady-clock'],
    encapsulate: true,
  },
)
