import type { Test } from 'tap'
import { type AppWorld, buildAppWorld, type Called, TEA } from '../app-world.ts'
import { until } from '../until.ts'
import { startSlackApi } from './slack-api.ts'
import { type SignedRequest, WEBHOOK_SECRETS } from './webhook-requests.ts'

export interface WebhookWorld extends AppWorld {
  readonly slack: Awaited<ReturnType<typeof startSlackApi>>
  /** Sends a request as a vendor does. */
  send(request: SignedRequest, headers?: Record<string, string>): Promise<Called>
  /** Sends a request of Slack and returns the text of the reply that is posted. */
  ask(request: SignedRequest): Promise<string>
  /** The turns that were stored, from the log. */
  turns(): readonly Record<string, unknown>[]
}

/** Builds an application with a route for each vendor, a document about tea, and a Slack API. */
export async function buildWebhookWorld(t: Test, settings: Record<string, string> = {}): Promise<WebhookWorld> {
  const slack = await startSlackApi(t)
  const world = await buildAppWorld(t, {
    ...WEBHOOK_SECRETS,
    WEBHOOK_SLACK_TOKEN: 'xoxb-a-token-for-tests',
    WEBHOOK_SLACK_API: slack.url,
    ...settings,
  })
  await world.call('PUT', '/documents/tea.md', TEA, world.asAdmin)
  const send: WebhookWorld['send'] = ({ path, headers, body }, more) => world.call('POST', path, body, { ...headers, ...more })
  return {
    ...world,
    slack,
    send,
    async ask(request) {
      const before = slack.posts.length
      const { status } = await send(request)
      if (status !== 200) throw new Error(`the reply has the status ${status}`)
      await until(() => slack.posts.length > before)
      return slack.posts.at(-1)?.body.text
    },
    turns: () => world.lines.filter(({ msg, replayed }) => msg === 'Bot response sent' && replayed === false),
  }
}
