import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AnswerMessage } from '../../src/webhooks/receiver.ts'
import type { Payload, WebhookSource } from '../../src/webhooks/webhook.ts'
import { grant } from '../access/callers/route-access.ts'
import { originOf, toWebhookRequest } from '../access/callers/webhook-request.ts'
import { describeOperation } from './documentation/operations.ts'
import { WebhookReplySchema } from './schemas/schemas.ts'

/** `POST /webhooks/NAME` of each system whose secret is set: its messages are answered as turns. */
export default fp(
  async fastify => {
    // The signature in the request takes the place of a key.
    grant(fastify, 'everyone')
    // Signatures are of the bytes that arrived.
    fastify.removeAllContentTypeParsers()
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

    async function authenticate(source: WebhookSource, request: FastifyRequest, reply: FastifyReply): Promise<Payload> {
      try {
        return source.authenticate(toWebhookRequest(request))
      } catch (error) {
        await fastify.rateLimiter.countRequest(request, reply)
        // Guesses that wait take no place of others.
        request.leaveAdmission?.()
        await new Promise<void>(resolve => fastify.failureDelay(request, error, resolve))
        throw error
      }
    }

    for (const { source, receive } of fastify.webhooks) {
      const schema = {
        ...describeOperation('receiveWebhook', { 200: WebhookReplySchema }),
        operationId: `receiveFrom${source.name.replace(/^./, letter => letter.toUpperCase())}`,
      }
      fastify.post(`/webhooks/${source.name}`, { schema, config: { limitsConversations: true } }, async (request, reply) => {
        const answer: AnswerMessage = async ({ eventId, conversation, user: userId, text: message }) => {
          await fastify.rateLimiter.countRequest(request, reply, `${source.name} ${conversation}`)
          const origin = originOf(request, source.name, eventId)
          return fastify.chat.answer({ message, conversation, userId }, origin)
        }
        return receive(await authenticate(source, request, reply), answer)
      })
    }
  },
  { name: 'webhooks-routes', dependencies: ['admission', 'chat', 'failure-delay', 'rate-limit', 'webhooks'], encapsulate: true },
)
