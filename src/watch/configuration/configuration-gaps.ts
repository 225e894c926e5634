import type { MonitoringConfig } from './monitoring-config.ts'
import type { Environment } from './secrets.ts'

/** What is wrong with a key, such as `channels.email.recipients`. */
export type Gap = readonly [key: string, problem: string]

/**
 * What the schema cannot find: an enabled channel without its address, and an alert or a report for
 * a channel that is not enabled, which would never arrive.
 */
export function findGaps(config: MonitoringConfig, environment: Environment): readonly Gap[] {
  return [...findChannelGaps(config, environment), ...findUnreachable(config)]
}

function findChannelGaps({ channels: { email, slack, webhook } }: MonitoringConfig, environment: Environment): readonly Gap[] {
  const url = (value: string | undefined, protocols: RegExp) => protocols.test(URL.parse(value ?? '')?.protocol ?? '')
  const gaps: readonly (Gap | false)[] = [
    email.enabled && email.recipients.length === 0 && ['channels.email.recipients', 'Give at least one address.'],
    email.enabled &&
      !url(email.smtpUrl, /^smtps?:$/) && ['channels.email.smtp_url', 'Give an address such as smtp://mail.example.com:587.'],
    slack.enabled &&
      !url(slack.webhookUrl, /^https?:$/) && ['channels.slack.webhook_url', 'Give the address of an incoming webhook.'],
    webhook.enabled &&
      !url(webhook.url, /^https?:$/) && ['channels.webhook.url', 'Give an address such as https://hooks.example.com/pellucid.'],
    webhook.enabled &&
      webhook.secretEnv !== undefined &&
      !environment[webhook.secretEnv] && [
        'channels.webhook.secret_env',
        `The environment variable ${webhook.secretEnv} is not set. Set it, or remove this key.`,
      ],
  ]
  return gaps.filter(gap => gap !== false)
}

function findUnreachable({ alerts, channels, reports }: MonitoringConfig): readonly Gap[] {
  const isOff = (name: string) => !channels[name as keyof typeof channels].enabled
  const gap = (key: string, names: readonly string[] = []): readonly Gap[] => {
    const off = names.filter(isOff)
    return off.length === 0 ? [] : [[key, `Enable ${off.map(name => `channels.${name}`).join(' and ')}, or remove it here.`]]
  }
  return [
    ...Object.entries(alerts.rules).flatMap(([id, rule]) => gap(`alerts.rules.${id}.channels`, rule.channels)),
    ...(reports.daily === undefined && reports.weekly === undefined ? [] : gap('reports.channels', reports.channels)),
  ]
}
