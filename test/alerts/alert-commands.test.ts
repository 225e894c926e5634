import t from 'tap'
import { receiveMail } from '../src/watch/channels/receivers.ts'
import { until } from '../worlds/until.ts'
import { askAdmin, openAlertWorld } from './alert-world.ts'

t.test('alerts test sends through every channel and prints what came back', async t => {
  const { mails, port } = await receiveMail(t)
  const channels = `  email: { enabled: true, recipients: [ops@example.com], smtp_url: "smtp://127.0.0.1:${port}?verify=off" }
  slack: { enabled: true, webhook_url: "http://127.0.0.1:1/SECRET" }`
  const { run, sent } = await openAlertWorld(t, '', channels)
  const { code, out } = await run('alerts', 'test')
  t.equal(code, 1)
  t.match(out, /^email: delivered \(250[^\n]*\nslack: failed: No connection: [^\n]*\nwebhook: delivered \(200 ok\)\n$/)
  t.notMatch(out, /SECRET/)
  t.match(mails[0]?.subject, /^Test: This is a test/)
  t.match(sent(), [{ kind: 'test' }])
})

t.test('watch reports a server that does not answer, and its return', async t => {
  const { run, sent, has, start, launch } = await openAlertWorld(t)
  const server = await start()
  t.match(await run('watch', server.address, '--once'), { code: 0, out: /ready/ })
  const watching = launch('watch', server.address, '--interval', '1s', '--after', '1s')
  await until(() => /watching .*channels: webhook/.test(watching.output()))
  await server.stop('SIGKILL')
  t.match(await run('watch', server.address, '--once'), { code: 1, out: /no connection \(ECONNREFUSED\)/ })
  await until(has('alert'))
  t.match(sent().at(-1), { title: 'System down', severity: 'critical', facts: { Server: server.address } })
  t.same(sent().at(-1)?.links, {}, 'a page of the server that is down cannot be read')
  await start(new URL(server.address).port)
  await until(has('resolved'))
  t.equal(await watching.stop(), 0)
})

t.test('without stored metrics there are no alerts', async t => {
  const { start, has } = await openAlertWorld(t, 'metrics: { enabled: false }')
  const server = await start()
  t.match(await askAdmin(server, '/admin/alerts'), { status: 404, body: { code: 'MONITORING_OFF' } })
  t.notOk(has('alert')())
})

t.test('an invalid file keeps the server from starting, with its lines', async t => {
  const { start } = await openAlertWorld(t, 'evaluation_interval_s: 0')
  await t.rejects(start(), { message: /monitoring\.yaml/ })
})
