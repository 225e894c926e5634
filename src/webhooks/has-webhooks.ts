import type { Config } from '../config.ts'
import type { SourceName } from './webhook.ts'

/** The setting with the secret of each source. */
export const SECRET_SETTINGS = {
  slack: 'webhookSlackSecret',
  telegram: 'webhookTelegramSecret',
  teams: 'webhookTeamsSecret',
  generic: 'webhookGenericSecret',
} as const satisfies Readonly<Record<SourceName, keyof Config>>

/** The secrets of webhooks. */
export type WebhookSecrets = Pick<Config, (typeof SECRET_SETTINGS)[SourceName]>

/**
 * Whether the secret of any source is set, or a token, which is of no use without one and therefore
 * reported. Otherwise nothing else of this folder is loaded.
 */
export function hasWebhooks(settings: WebhookSecrets & Pick<Config, 'webhookSlackToken'>): boolean {
  return settings.webhookSlackToken !== undefined || Object.values(SECRET_SETTINGS).some(name => settings[name] !== undefined)
}
