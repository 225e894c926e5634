import type { Config } from '../config.ts'
import { SECRET_SETTINGS, type WebhookSecrets } from './has-webhooks.ts'
import { parseSecrets } from './signature.ts'
import { createGeneric } from './vendors/generic.ts'
import { createSlack, type SlackOptions } from './vendors/slack.ts'
import { createTeams } from './vendors/teams.ts'
import { createTelegram } from './vendors/telegram.ts'
import { SOURCES, type SourceName, type WebhookSource } from './webhook.ts'

/** The settings of webhooks. */
export type WebhookSettings = WebhookSecrets & Pick<Config, 'webhookSlackToken'>

const CREATE: Readonly<Record<SourceName, (options: SlackOptions) => WebhookSource>> = {
  slack: createSlack,
  telegram: createTelegram,
  teams: createTeams,
  generic: createGeneric,
}

/** Creates the sources whose secret is set. */
export function createSources(settings: WebhookSettings, now: () => number): readonly WebhookSource[] {
  const canPost = settings.webhookSlackToken !== undefined
  return SOURCES.flatMap(name => {
    const secret = settings[SECRET_SETTINGS[name]]
    return secret === undefined ? [] : [CREATE[name]({ secrets: parseSecrets(secret), canPost, now })]
  })
}
