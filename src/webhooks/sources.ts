import type { Config } from '../config.ts'
import { parseSecrets } from './signature.ts'
import { createGeneric } from './vendors/generic.ts'
import { createSlack } from './vendors/slack.ts'
import { createTeams } from './vendors/teams.ts'
import { createTelegram } from './vendors/telegram.ts'
import type { WebhookSource } from './webhook.ts'

/** The settings of webhooks. */
export type WebhookSettings = Pick<
  Config,
  'webhookSlackSecret' | 'webhookSlackToken' | 'webhookTelegramSecret' | 'webhookTeamsSecret' | 'webhookGenericSecret'
>

/** Creates the sources whose secret is set. */
export function createSources(settings: WebhookSettings, now: () => number): readonly WebhookSource[] {
  const { webhookSlackSecret: slack, webhookTelegramSecret: telegram } = settings
  const { webhookTeamsSecret: teams, webhookGenericSecret: generic } = settings
  const canPost = settings.webhookSlackToken !== undefined
  return [
    ...(slack === undefined ? [] : [createSlack({ secrets: parseSecrets(slack), canPost, now })]),
    ...(telegram === undefined ? [] : [createTelegram({ secrets: parseSecrets(telegram), now })]),
    ...(teams === undefined ? [] : [createTeams({ secrets: parseSecrets(teams), now })]),
    ...(generic === undefined ? [] : [createGeneric({ secrets: parseSecrets(generic), now })]),
  ]
}
