import fp from 'fastify-plugin'
import { recordWebhook } from '../../otel/recording.ts'
import { ATTRIBUTES } from '../../otel/tracing/conventions.ts'
import { traced } from '../../otel/tracing.ts'
import type { Config } from '../../src/config.ts'
import { createReceiver, type WebhookReceiver } from '../../src/webhooks/receiver.ts'
import { loadReplyTexts } from '../../src/webhooks/reply-texts.ts'
import { createSlackPosts } from '../../src/webhooks/slack-posts.ts'
import { createSources } from '../../src/webhooks/sources.ts'
import type { WebhookSource } from '../../src/webhooks/webhook.ts'
import { MAX_MESSAGE_CHARS } from '../routes/schemas/schemas.ts'

/** A system whose webhooks are answered. */
interface Webhook extends Pick<WebhookReceiver, 'receive'> {
  readonly source: WebhookSource
}

declare module 'fastify' {
  interface FastifyInstance {
    webhooks: readonly Webhook[]
  }
}

/** The systems whose secret is set, with a span, log lines and a count for each of their events. */
export default fp<{ readonly config: Config }>(
  async (fastify, { config }) => {
    const { webhookSlackApi: api, webhookSlackSecret, webhookSlackToken: token } = config
    const log = fastify.log.child({ module: 'webhooks' })
    const { closing } = fastify.background
    const post = createSlackPosts({ api, token: token ?? '', log, clock: () => performance.now(), closing })
    const texts = loadReplyTexts(fastify.wording.texts, MAX_MESSAGE_CHARS)
    if (webhookSlackSecret !== undefined && token === undefined)
      log.warn({ function: 'start', setting: 'WEBHOOK_SLACK_TOKEN' }, 'Slack events are not answered: the token is not set')
    if (webhookSlackSecret === undefined && token !== undefined)
      log.warn({ function: 'start', setting: 'WEBHOOK_SLACK_SECRET' }, 'Slack webhooks are not accepted: the secret is not set')

    const webhooks = createSources(config, Date.now).map(source => {
      const record = recordWebhook.bind(undefined, source.name)
      const receiver = createReceiver({ source, log, maxMessageChars: MAX_MESSAGE_CHARS, texts, post, record })
      fastify.addHook('onClose', receiver.settle)
      const attributes = () => ({ [ATTRIBUTES.chatbotWebhookSource]: source.name })
      return { source, receive: traced('webhook', receiver.receive, { attributes }) }
    })
    fastify.decorate('webhooks', webhooks)
  },
  { name: 'webhooks', dependencies: ['background', 'wording'] },
)
