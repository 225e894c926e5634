import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadMonitoringConfig } from '../../../../src/watch/configuration/load-monitoring-config.ts'

function load(t: Test, text: string, environment: Readonly<Record<string, string>> = {}) {
  const path = join(t.testdir(), 'monitoring.yaml')
  writeFileSync(path, text)
  return loadMonitoringConfig(path, environment)
}

function problems(t: Test, text: string, environment: Readonly<Record<string, string>> = {}): string[] {
  try {
    load(t, text, environment)
  } catch (error) {
    t.match(error, { code: 'CONFIGURATION_INVALID' })
    return (error as Error).message.split('\n').map(line => line.replace(/^.*monitoring\.yaml/, ''))
  }
  return []
}

t.test('without a file, and with an empty one, everything has its default', async t => {
  const config = loadMonitoringConfig(undefined, {})
  t.match(config, {
    evaluationIntervalS: 15,
    metrics: { enabled: true, maxMb: 256 },
    alerts: { responseTimeThreshold: 2, errorRateThreshold: 0.05, memoryThreshold: 0.85, cpuThreshold: 0.8, rules: {} },
    channels: { email: { enabled: false }, slack: { enabled: false }, webhook: { enabled: false } },
    reports: { channels: ['email'] },
    retention: { metricsDays: 90, alertsDays: 365, logsDays: undefined },
  })
  t.same(load(t, ''), config)
  t.same(load(t, '# nothing\n'), config)
})

t.test('a file sets what it names', async t => {
  const config = load(
    t,
    `evaluation_interval_s: 5
alerts:
  error_rate_threshold: 0.1
  self_test: Mon 09:00 Europe/Berlin
  rules:
    session_limit: { threshold: 0.5, for_s: 60, severity: critical, channels: [slack] }
    bad_feedback: { enabled: false }
channels:
  email:
    enabled: true
    recipients: [ops@example.com, dev@example.com]
    smtp_url: env:SMTP_URL
  slack: { enabled: true, webhook_url: "https://hooks.example.com/T0" }
reports: { weekly: "Mon 07:00 Europe/Berlin" }
retention: { alerts: 30, logs: 60 }
`,
    { SMTP_URL: 'smtp://u:p@mail.example.com:587' },
  )
  t.match(config, {
    evaluationIntervalS: 5,
    alerts: {
      errorRateThreshold: 0.1,
      cpuThreshold: 0.8,
      selfTest: 'Mon 09:00 Europe/Berlin',
      rules: {
        session_limit: { threshold: 0.5, forS: 60, severity: 'critical', channels: ['slack'] },
        bad_feedback: { enabled: false },
      },
    },
    channels: { email: { recipients: ['ops@example.com', 'dev@example.com'], smtpUrl: 'smtp://u:p@mail.example.com:587' } },
    reports: { weekly: 'Mon 07:00 Europe/Berlin' },
    retention: { alertsDays: 30, logsDays: 60 },
  })
})

t.test('each problem is named with its line, its key and what would be right', async t => {
  t.same(
    problems(
      t,
      `evaluation_interval_s: 0
alerts:
  cpu_threshold: 80
  error_rate_treshold: 0.1
  self_test: Monday
  rules:
    high_error_rat: { enabled: false }
    session_limit:
      severity: bad
channels:
  email:
    enabled: yes please
    recipients: [ops]
retention: 90
`,
    ),
    [
      ':1: evaluation_interval_s: Use a value >= 1.',
      ':3: alerts.cpu_threshold: Use a share of at most 1, such as 0.8 for 80 %.',
      ':4: alerts.error_rate_treshold: This key is not known. Did you mean error_rate_threshold?',
      ':5: alerts.self_test: Use a day and a time such as Mon 07:00 Europe/Berlin, or a time such as 07:00. The time zone must be one of the IANA list.',
      ':7: alerts.rules.high_error_rat: This key is not known. Did you mean high_error_rate?',
      ':9: alerts.rules.session_limit.severity: Use one of critical, warning.',
      ':12: channels.email.enabled: Use true or false.',
      ':13: channels.email.recipients.0: Use an address such as operators@example.com.',
      ':14: retention: Use keys and values.',
    ],
  )
  t.same(problems(t, 'alerts:\n  cpu_threshold: 0.8\n  cpu_threshold: 0.9\n'), [
    ':3: The file is not valid YAML: Map keys must be unique.',
  ])
  t.same(problems(t, 'alerts: { rules: { session_limit: { threshold: 1.5 } } }'), [
    ':1: alerts.rules.session_limit.threshold: Use a share of at most 1, such as 0.8 for 80 %.',
  ])
  t.match(problems(t, '- a\n- b\n'), [/The file: Use keys and values\./])
})

t.test('an enabled channel says what it needs; no message contains a secret', async t => {
  t.same(problems(t, 'channels: { email: { enabled: true }, slack: { enabled: true }, webhook: { enabled: true } }'), [
    ':1: channels.email.recipients: Give at least one address.',
    ':1: channels.email.smtp_url: Give an address such as smtp://mail.example.com:587.',
    ':1: channels.slack.webhook_url: Give the address of an incoming webhook.',
    ':1: channels.webhook.url: Give an address such as https://hooks.example.com/pellucid.',
  ])
  const wrong = problems(
    t,
    `channels:
  slack: { enabled: true, webhook_url: "hooks.example.com/T0/SECRET" }
  webhook: { enabled: true, url: env:HOOK_URL, secret_env: HOOK_SECRET }
`,
  )
  t.same(wrong, [
    ':2: channels.slack.webhook_url: Give the address of an incoming webhook.',
    ':3: channels.webhook.url: The environment variable HOOK_URL is not set',
    ':3: channels.webhook.secret_env: The environment variable HOOK_SECRET is not set. Set it, or remove this key.',
  ])
})

t.test('an alert or a report for a channel that is not enabled would never arrive: it is a problem', async t => {
  t.same(
    problems(
      t,
      `alerts:
  rules:
    database_failures: { channels: [slack] }
    session_limit:
      channels: [email, webhook]
reports:
  weekly: Mon 07:00
channels:
  webhook: { enabled: true, url: "http://127.0.0.1:1" }
`,
    ),
    [
      ':3: alerts.rules.database_failures.channels: Enable channels.slack, or remove it here.',
      ':5: alerts.rules.session_limit.channels: Enable channels.email, or remove it here.',
      ':6: reports.channels: Enable channels.email, or remove it here.',
    ],
  )
})

t.test('of very many problems the first twenty are listed', async t => {
  const rules = Array.from({ length: 5000 }, (_, i) => `    rule_${i}: { enabled: true }`)
  const found = problems(t, `alerts:\n  rules:\n${rules.join('\n')}\n`)
  t.equal(found.length, 21)
  t.match(found[0], /^:3: alerts\.rules\.rule_0: This key is not known/)
  t.equal(found[20], '… and 4980 more problems')
})

t.test('a secret may be in a file', async t => {
  const secret = join(t.testdir(), '..', 'monitoring-secret')
  t.teardown(() => rmSync(secret))
  writeFileSync(secret, 'https://hooks.example.com/T0/B0\n')
  const { channels } = load(t, `channels: { slack: { enabled: true, webhook_url: "file:${secret}" } }`)
  t.equal(channels.slack.webhookUrl, 'https://hooks.example.com/T0/B0')
  t.match(problems(t, 'channels: { slack: { enabled: true, webhook_url: "file:/no/such/file" } }')[0], /ENOENT/)
})

t.test('a missing file, a huge one and a bomb of aliases are refused', async t => {
  t.throws(() => loadMonitoringConfig('/no/such.yaml', {}), {
    code: 'CONFIGURATION_INVALID',
    message: /MONITORING_CONFIG: ENOENT/,
  })
  t.match(problems(t, `# ${'x'.repeat(1_000_001)}`)[0], /larger than/)
  const bomb = ['a0: &a0 [x]', ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)].join(
    '\n',
  )
  t.ok(problems(t, bomb).length > 0)
})
