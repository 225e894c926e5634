import type { WebhookSettings } from './sources.ts'

/** Whether the secret of any source is set. Without one, nothing of this folder is loaded. */
export function hasWebhooks({
  webhookSlackSecret,
  webhookTelegramSecret,
  webhookTeamsSecret,
  webhookGenericSecret,
}: WebhookSettings): boolean {
  return [webhookSlackSecret, webhookTelegramSecret, webhookTeamsSecret, webhookGenericSecret].some(
    secret => secret !== undefined,
  )
}
