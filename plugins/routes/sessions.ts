import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import fp from 'fastify-plugin'
import { nameOpener } from '../access/callers/client.ts'
import { grant } from '../access/callers/route-access.ts'
import { describeOperation } from './documentation/operations.ts'
import { describeSession, describeTurn } from './replies/session-replies.ts'
import { toWire } from './replies/wire-names.ts'
import {
  DeletedSchema,
  ErasingSchema,
  OpenedSessionSchema,
  SessionBody,
  SessionParams,
  SessionSchema,
  TurnPageQuery,
  TurnPageSchema,
} from './schemas/schemas.ts'

/** Sessions: open, get, list turns, delete. */
export default fp(
  (async fastify => {
    grant(fastify, ['chat'])
    const { toWall } = fastify.steadyClock
    fastify.post(
      '/sessions',
      {
        schema: { ...describeOperation('openSession', { 201: OpenedSessionSchema }), body: SessionBody },
        bodyLimit: 16_384,
        // The body is optional.
        preValidation: async request => {
          request.body ??= {}
        },
      },
      async (request, reply) => {
        const userId = request.body.user_id
        const { application } = request.caller
        const user = userId === undefined ? undefined : fastify.pseudonym(userId, application)
        const client = nameOpener(request, fastify.pseudonym)
        const { session } = await fastify.sessionManager.open({ application, user, client, reserved: true })
        reply.code(201)
        return toWire(describeSession(session, toWall))
      },
    )

    fastify.get(
      '/sessions/:id',
      { schema: { ...describeOperation('getSession', { 200: SessionSchema }), params: SessionParams } },
      async request => toWire(describeSession(await fastify.sessionManager.resume(request.params.id, request.caller), toWall)),
    )

    fastify.get(
      '/sessions/:id/turns',
      {
        schema: { ...describeOperation('listTurns', { 200: TurnPageSchema }), params: SessionParams, querystring: TurnPageQuery },
      },
      async request =>
        toWire(
          await fastify.chat
            .turns(request.params.id, request.query, request.caller)
            .then(page => ({ ...page, turns: page.turns.map(describeTurn) })),
        ),
    )

    fastify.delete(
      '/sessions/:id',
      { schema: { ...describeOperation('deleteSession', { 202: ErasingSchema, 204: DeletedSchema }), params: SessionParams } },
      async (request, reply) => {
        const { pending } = await fastify.sessionManager.delete(request.params.id, request.caller)
        return pending ? reply.code(202).send({ status: 'pending' }) : reply.code(204).send(null)
      },
    )
  }) satisfies FastifyPluginAsyncTypebox,
  {
    name: 'sessions-routes',
    dependencies: ['access', 'chat', 'pseudonym', 'session-manager', 'steady-clock'],
    encapsulate: true,
  },
)
