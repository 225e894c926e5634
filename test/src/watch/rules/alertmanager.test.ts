import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { loadMonitoringConfig } from '../../../../src/watch/configuration/load-monitoring-config.ts'
import { activateRules } from '../../../../src/watch/rules/active-rules.ts'
import { toAlertmanagerFile } from '../../../../src/watch/rules/alertmanager.ts'
import { RULES } from '../../../../src/watch/rules/rules.ts'

t.test('a rule with channels of its own has a route to these, as in the server', async t => {
  const file = join(t.testdir(), 'monitoring.yaml')
  writeFileSync(
    file,
    `alerts:
  rules:
    database_failures: { channels: [slack] }
    session_limit: { channels: [email, slack] }
    bad_feedback: { channels: [slack] }
    no_answers: { channels: [] }
channels:
  email: { enabled: true, recipients: [ops@example.com], smtp_url: "smtp://mail.example.com:25?verify=off" }
  slack: { enabled: true, webhook_url: "https://hooks.example.com/T0" }
`,
  )
  const config = loadMonitoringConfig(file, {})
  const { route, receivers } = parse(toAlertmanagerFile(activateRules(RULES, config), config))
  t.same(route.routes, [
    { matchers: ['alertname="SessionLimit"'], receiver: 'operators-email-slack' },
    { matchers: ['alertname="NoAnswers"'], receiver: 'operators-none' },
    { matchers: ['alertname="BadFeedback"'], receiver: 'operators-slack' },
    { matchers: ['alertname="DatabaseFailures"'], receiver: 'operators-slack', repeat_interval: '1h' },
    { matchers: ['severity="critical"'], repeat_interval: '1h' },
  ])
  t.same(
    receivers.map((receiver: object) => Object.keys(receiver)),
    [['name', 'email_configs', 'slack_configs'], ['name', 'email_configs', 'slack_configs'], ['name'], ['name', 'slack_configs']],
  )
  t.match(receivers[0].email_configs, [{ tls_config: { insecure_skip_verify: true } }])
})
