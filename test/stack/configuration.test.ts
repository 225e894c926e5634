import { join } from 'node:path'
import t from 'tap'
import { ROOT } from './world/compose.ts'
import { run } from './world/network.ts'
import { startStack } from './world/stack.ts'

t.test('every program accepts its configuration at the path in docker-compose.yml', async t => {
  const { container, missing, containers } = await startStack(t, { unstarted: true, withBackends: true })
  const accepts = async (name: string, ...command: readonly string[]) => {
    const { code, output } = await container(name).execute(command)
    t.equal(code, 0, `${name}: ${command.join(' ')}`, { output })
    return output
  }
  const validated = await accepts('collector', '/otelcol-contrib', 'validate', '--config=/etc/otelcol/collector.yaml')
  t.notMatch(validated, /deprecated/i)
  await accepts('prometheus', 'promtool', 'check', 'config', '/etc/prometheus/prometheus.yaml')
  await accepts('prometheus', 'promtool', 'check', 'rules', '/etc/prometheus/alerts.yaml')
  await accepts('alertmanager', 'amtool', 'check-config', '/etc/alertmanager/alertmanager.yaml')
  if (containers.loki !== undefined) await accepts('loki', '/usr/bin/loki', '-config.file=/etc/loki/loki.yaml', '-verify-config')
  t.comment(`not here: ${missing.join(', ')}`)
})

t.test('the tests of the alert rules pass', async t => {
  for (const file of ['alerts.test.yaml', 'alerts-over-days.test.yaml'])
    t.match(run('promtool', 'test', 'rules', join(ROOT, 'otel/stack', file)), /SUCCESS/, file)
})

t.test('the health checks of docker-compose.yml pass', async t => {
  const { container } = await startStack(t)
  // Debian's promtool lacks the command of Prometheus's health check.
  for (const name of ['pellucid', 'alertmanager']) {
    const command = container(name).healthcheck
    t.ok(command.length > 0, name)
    const { code, output } = await container(name).execute(command)
    t.equal(code, 0, `${name}: ${command.join(' ')}`, { output })
  }
})
