import { createEmailChannel } from './email.ts'
import type { Channel } from './notification.ts'
import { createSlackChannel } from './slack.ts'
import { createWebhookChannel } from './webhook.ts'

/** The channels as `monitoring.yaml` describes them. */
export interface ChannelSettings {
  readonly email: {
    readonly enabled: boolean
    readonly recipients: readonly string[]
    readonly from?: string
    readonly smtpUrl?: string
  }
  readonly slack: { readonly enabled: boolean; readonly webhookUrl?: string }
  readonly webhook: { readonly enabled: boolean; readonly url?: string; readonly secretEnv?: string }
}

export interface ChannelDeps {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly hostname: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Creates the enabled channels. The settings were checked when they were loaded. */
export function createChannels(
  { email, slack, webhook }: ChannelSettings,
  { environment, hostname, now }: ChannelDeps,
): readonly Channel[] {
  const secret = webhook.secretEnv === undefined ? undefined : environment[webhook.secretEnv]
  return [
    ...(email.enabled && email.smtpUrl !== undefined ? [createEmailChannel({ ...email, smtpUrl: email.smtpUrl, hostname })] : []),
    ...(slack.enabled && slack.webhookUrl !== undefined ? [createSlackChannel({ webhookUrl: slack.webhookUrl })] : []),
    ...(webhook.enabled && webhook.url !== undefined
      ? [createWebhookChannel({ url: webhook.url, now, ...(secret !== undefined && { secret }) })]
      : []),
  ]
}
