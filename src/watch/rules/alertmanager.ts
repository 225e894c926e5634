import { stringify } from 'yaml'
import type { MonitoringConfig } from '../configuration/monitoring-config.ts'
import type { ActiveRule } from './active-rules.ts'
import { REPEAT_HOURS, type Rule } from './rule.ts'

const RECEIVER = 'operators'
const TITLE = '{{ .CommonLabels.alertname }}: {{ .CommonAnnotations.summary }}'
const TEXT =
  '{{ range .Alerts }}{{ .Annotations.description }}\n{{ .Annotations.action }}\n{{ .Annotations.runbook_url }}\n{{ end }}'
/** The port where mail is encrypted from the first byte, as Alertmanager knows it. */
const SMTPS_PORT = '465'
const CRITICAL = { repeat_interval: `${REPEAT_HOURS.critical}h` }

/**
 * The channels as a configuration of Alertmanager. It contains their secrets. A rule with channels
 * of its own has a route to them.
 */
export function toAlertmanagerFile(rules: readonly ActiveRule[], { channels }: Pick<MonitoringConfig, 'channels'>): string {
  const own = rules.flatMap(({ alert, severity, channels: names }) => (names === undefined ? [] : [{ alert, severity, names }]))
  const configuration = {
    route: {
      receiver: RECEIVER,
      group_by: ['alertname'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: `${REPEAT_HOURS.warning}h`,
      routes: [
        ...own.map(({ alert, severity, names }) => ({
          matchers: [`alertname="${alert}"`],
          receiver: receiverOf(names),
          ...(severity === 'critical' && CRITICAL),
        })),
        { matchers: ['severity="critical"'], ...CRITICAL },
      ],
    },
    inhibit_rules: [
      // While the server is down, its other alerts mean nothing.
      { source_matchers: ['alertname="SystemDown"'], target_matchers: ['alertname!="SystemDown"', 'job="chatbot"'] },
      ...inhibitions(rules),
    ],
    receivers: [
      { name: RECEIVER, ...toReceiver(channels, Object.keys(channels)) },
      ...[...new Map(own.map(({ names }) => [receiverOf(names), names] as const))].map(([name, names]) => ({
        name,
        ...toReceiver(channels, names),
      })),
    ],
  }
  return stringify(configuration, { lineWidth: 0, singleQuote: true })
}

function receiverOf(channels: readonly string[]): string {
  return [RECEIVER, ...(channels.length === 0 ? ['none'] : channels.toSorted())].join('-')
}

function toReceiver({ email, slack, webhook }: MonitoringConfig['channels'], names: readonly string[]): object {
  return {
    ...(email.enabled && names.includes('email') && { email_configs: [toEmail(email)] }),
    ...(slack.enabled &&
      names.includes('slack') && {
        slack_configs: [{ api_url: slack.webhookUrl, title: TITLE, text: TEXT, send_resolved: true }],
      }),
    ...(webhook.enabled && names.includes('webhook') && { webhook_configs: [{ url: webhook.url, send_resolved: true }] }),
  }
}

function inhibitions(rules: readonly Rule[]): object[] {
  const nameOf = new Map(rules.map(({ id, alert }) => [id, alert]))
  return rules.flatMap(({ alert, explainedBy = [] }) =>
    explainedBy.flatMap(id =>
      nameOf.has(id)
        ? [{ source_matchers: [`alertname="${nameOf.get(id)}"`], target_matchers: [`alertname="${alert}"`], equal: ['instance'] }]
        : [],
    ),
  )
}

function toEmail({ recipients, from, smtpUrl = '' }: MonitoringConfig['channels']['email']): object {
  const { protocol, hostname, port, username, password, searchParams } = new URL(smtpUrl)
  const isTls = protocol === 'smtps:'
  return {
    to: recipients.join(', '),
    from: from ?? `pellucid@${hostname}`,
    smarthost: `${hostname}:${port || (isTls ? SMTPS_PORT : '587')}`,
    ...(username !== '' && { auth_username: decodeURIComponent(username), auth_password: decodeURIComponent(password) }),
    // Alertmanager cannot use STARTTLS where it is offered only. Credentials need it.
    require_tls: isTls || username !== '',
    ...(searchParams.get('verify') === 'off' && { tls_config: { insecure_skip_verify: true } }),
    headers: { Subject: TITLE },
    send_resolved: true,
  }
}
