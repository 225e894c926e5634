import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Turn } from '../../src/chat/turn.ts'
import type { Session } from '../../src/sessions/session.ts'
import { OpenedSessionSchema, SessionBody, SessionParams, SessionSchema, TurnPageQuery, TurnPageSchema } from '../http/schemas.ts'
import { toWire } from '../http/wire-names.ts'

/** Sessions: open one ahead of the first message, look at it, read its turns, delete it. */
export default (async fastify => {
  fastify.post(
    '/sessions',
    {
      schema: { tags: ['sessions'], summary: 'Open a session', body: SessionBody, response: { 201: OpenedSessionSchema } },
      bodyLimit: 16_384,
      // The body is optional: none is the same as an empty one.
      preValidation: async request => {
        request.body ??= {}
      },
    },
    async (request, reply) => {
      const userId = request.body.user_id
      const { session } = await fastify.sessionManager.open({
        user: userId === undefined ? undefined : fastify.pseudonym(userId),
      })
      reply.code(201)
      return toWire(describe(session))
    },
  )

  fastify.get(
    '/sessions/:id',
    { schema: { tags: ['sessions'], summary: 'Look at a session', params: SessionParams, response: { 200: SessionSchema } } },
    async request => toWire(describe(await fastify.sessionManager.resume(request.params.id))),
  )

  fastify.get(
    '/sessions/:id/turns',
    {
      schema: {
        tags: ['sessions'],
        summary: 'Read what was said, newest first',
        params: SessionParams,
        querystring: TurnPageQuery,
        response: { 200: TurnPageSchema },
      },
    },
    async request =>
      toWire(
        await fastify.chat
          .turns(request.params.id, request.query)
          .then(page => ({ ...page, turns: page.turns.map(describeTurn) })),
      ),
  )

  fastify.delete(
    '/sessions/:id',
    {
      schema: {
        tags: ['sessions'],
        summary: 'Close a session and erase what was said in it',
        params: SessionParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await fastify.sessionManager.delete(request.params.id)
      return reply.code(204).send(null)
    },
  )
}) satisfies FastifyPluginAsyncTypebox

function describe({ id, createdAt, lastActiveAt, expiresAt, turnCount, verbose }: Session) {
  return {
    sessionId: id,
    createdAt: toInstant(createdAt),
    lastActiveAt: toInstant(lastActiveAt),
    expiresAt: toInstant(expiresAt),
    turnCount,
    verbose,
  }
}

function describeTurn({ receipt: { turnId, response, kind, confidence, traceId }, seq, message, createdAt }: Turn) {
  return { turnId, seq, message, response, kind, confidence, traceId, createdAt: toInstant(createdAt) }
}

function toInstant(ms: number): string {
  return new Date(ms).toISOString()
}
