import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { receiveMail } from '../src/watch/channels/receivers.ts'
import type { ServerWorld } from '../worlds/server-world.ts'
import { until } from '../worlds/until.ts'
import { askAdmin, openAlertWorld, openSession, SESSION_RULE } from './alert-world.ts'

t.test('an alert fires, is delivered and resolved; history, routes, metrics and commands show it', async t => {
  const { start, pellucid, sent, has } = await openAlertWorld(t, `alerts: { rules: { ${SESSION_RULE} } }`)
  t.match(pellucid('alerts', 'list'), { code: 1, err: /MONITORING_OFF/ })
  const server = await start()
  const session = await openSession(server)
  await until(has('alert'))
  t.match(
    sent().find(({ kind }) => kind === 'alert'),
    {
      title: 'Session limit',
      alerts: [{ rule: 'session_limit', phase: 'firing', value: 0.0001 }],
      links: { 'About Session limit': `http://127.0.0.1:${new URL(server.address).port}/runbooks/session_limit` },
    },
  )
  t.match((await askAdmin(server, '/admin/alerts')).body, { alerts: [{ rule: 'session_limit', phase: 'firing' }] })
  t.match(pellucid('alerts', 'list'), { code: 0, out: /FIRING .*session_limit {2}0\.01 % of MAX_SESSIONS are open/ })
  t.match(JSON.parse(pellucid('alerts', 'list', '--json').out), { alerts: [{ rule: 'session_limit' }], silences: [] })
  await fetch(`${server.address}/sessions/${session}`, { method: 'DELETE' })
  await until(has('resolved'))
  const delivered = async () =>
    (await askAdmin(server, '/admin/alerts/history?rule=session_limit')).body.history as { kind: string }[]
  await until(async () => (await delivered()).length === 4)
  t.same(
    (await delivered()).map(({ kind }) => kind),
    ['delivered', 'resolved', 'delivered', 'firing'],
  )
  t.match((await askAdmin(server, '/admin/alerts/history?since=2999-01-01')).body, { history: [] })
  t.equal((await askAdmin(server, '/admin/alerts/history?since=soon')).status, 400)
  t.match(
    pellucid('alerts', 'history').out,
    /firing.*session_limit[\s\S]*delivered.*webhook[\s\S]*resolved.*session_limit.*after/,
  )
  t.match(pellucid('alerts', 'show', 'session_limit').out, /Fired: +1 times in 30 days, for /)
  t.match(pellucid('alerts', 'show', 'nonsense'), { code: 1, err: /RULE_NOT_FOUND: .*Use one of .*disk_space/ })
  const page = await fetch(`${server.address}/runbooks/session_limit`)
  t.match(await page.text(), /What to do[\s\S]*MAX_SESSIONS/)
  t.match(page.headers.get('content-security-policy'), /default-src 'none'/)
  t.equal((await fetch(`${server.address}/runbooks/nonsense`)).status, 404)
  const metrics = async () => (await fetch(`${server.address}/metrics`)).text()
  await until(async () => /notifications_delivered_total\{channel="webhook"\} 2/.test(await metrics()))
  t.match(await metrics(), /alert_time_to_resolve_seconds\{rule="session_limit"\}/)
  t.equal(await server.stop(), 0)
})

t.test('a silence holds notifications back, is audited, and ends', async t => {
  const { start, pellucid, sent, has } = await openAlertWorld(t, `alerts: { rules: { ${SESSION_RULE} } }`)
  const server = await start()
  t.match(pellucid('alerts', 'silence', 'session_limit', '--for', '1h'), { code: 1, err: /--reason/ })
  t.match(pellucid('alerts', 'silence', 'nonsense', '--for', '1h', '--reason', 'x'), { code: 1, err: /RULE_NOT_FOUND/ })
  t.match(pellucid('alerts', 'silence', '--for', '1h', '--reason', 'x'), { code: 1, err: /--all/ })
  const made = pellucid('alerts', 'silence', 'session_limit', '--for', '1h', '--reason', 'load test')
  const [, id = ''] = /--end (\S+)/.exec(made.out) ?? []
  await openSession(server)
  await until(async () => ((await askAdmin(server, '/admin/alerts/history')).body.history?.length ?? 0) === 2)
  t.match((await askAdmin(server, '/admin/alerts')).body, {
    alerts: [{ silenced: true }],
    silences: [{ id, reason: 'load test' }],
  })
  t.match(pellucid('alerts', 'list').out, /Silenced\.[\s\S]*silence .*session_limit until .*load test/)
  t.same(sent(), [])
  t.match(pellucid('alerts', 'silence', '--end', id), { code: 0 })
  await until(has('alert'))
  t.match(pellucid('alerts', 'silence', '--end', id), { code: 1, err: /No silence has the id/ })
  const trail = pellucid('audit', 'show').out
  t.match(trail, /alert_silenced.*rule=session_limit.*reason="load test"[\s\S]*silence_ended/)
})

t.test('a changed file is applied without a restart; one with problems changes nothing', async t => {
  const { start, pellucid, has, write } = await openAlertWorld(t)
  const server = await start()
  await openSession(server)
  write('alerts: { cpu_treshold: 1 }')
  t.match(pellucid('config', 'check'), {
    code: 1,
    err: /monitoring\.yaml:2: alerts\.cpu_treshold: .*Did you mean cpu_threshold/,
  })
  t.match(pellucid('monitoring', 'reload'), { code: 1, err: /cpu_treshold/ })
  server.process.kill('SIGHUP')
  await until(() => server.logLines().some(({ msg }) => msg === 'Monitoring configuration not reloaded: the present one stays'))
  write(`alerts: { rules: { ${SESSION_RULE} } }`)
  t.match(pellucid('monitoring', 'reload'), {
    code: 0,
    out: /valid\. \d+ rules; channels: webhook\n[\s\S]*The server has applied it/,
  })
  await until(has('alert'))
  t.match(pellucid('audit', 'show').out, /monitoring_changed.*alerts\.rules\.session_limit\.threshold/)
})

t.test('new kinds of errors are mailed, once an hour for each', async t => {
  const { mails, port } = await receiveMail(t)
  const email = `  email: { enabled: true, recipients: [ops@example.com], smtp_url: "smtp://127.0.0.1:${port}?verify=off" }`
  const { start } = await openAlertWorld(t, '', email, { DIAGNOSTIC_ROUTES: 'true' })
  const server = await start()
  await until(() => server.logLines().some(({ msg }) => msg === 'Chatbot Initialized'))
  const fail = () => fetch(`${server.address}/cause-error`)
  await fail()
  await fail()
  await until(() => mails.length > 0)
  const [mail] = mails
  t.match(mail?.subject, /^New error: An error occurred: DIAGNOSTIC_ERROR: (An error was|2 errors of one kind were) logged$/)
  t.match(mail?.text, /this route fails on purpose/)
  await fail()
  const read = () => server.logLines().filter(({ msg }) => String(msg).startsWith('An error occurred')).length
  await until(() => read() === 3)
  t.equal(mails.filter(({ subject }) => subject?.startsWith('New error')).length, 1)
})

t.test('what could not be delivered is delivered after a restart', async t => {
  const { start, sent, has, state } = await openAlertWorld(t, `alerts: { rules: { ${SESSION_RULE} } }`)
  state.answer = reply => void reply.writeHead(503).end('later')
  const server = await start()
  await openSession(server)
  await until(has('alert'))
  const ready = async ({ address }: ServerWorld) => (await fetch(`${address}/health/ready`)).json()
  await until(async () => /webhook: The receiver answered 503/.test(JSON.stringify(await ready(server))))
  t.match(await ready(server), { status: 'ready', checks: { notifications: { ok: false, detail: /^1 waiting; webhook: / } } })
  await server.stop('SIGKILL')
  const first = sent()[0]
  state.answer = reply => void reply.end('ok')
  const again = await start()
  await until(() => sent().length > 1)
  t.match(sent().at(-1), first)
  await until(async () => /"none waiting"/.test(JSON.stringify(await ready(again))))
})

t.test('a report that was due while the server was down is mailed with its page', async t => {
  const { mails, port } = await receiveMail(t)
  const email = `  email: { enabled: true, recipients: [ops@example.com], smtp_url: "smtp://127.0.0.1:${port}?verify=off" }`
  const { start, pellucid, dataDir } = await openAlertWorld(t, 'reports: { weekly: "Mon 07:00 Europe/Berlin" }', email)
  const server = await start()
  await openSession(server)
  await until(() => /Requests/.test(pellucid('report', '--daily').out))
  await server.stop()
  const db = new DatabaseSync(join(dataDir, 'monitoring.sqlite'))
  db.exec("UPDATE notification_marks SET at = at - 8 * 86400000 WHERE name = 'weekly_report'")
  db.close()
  await start()
  await until(() => mails.length > 0)
  t.match(mails[0], {
    subject: /^Weekly report, /,
    html: /<h1[\s\S]*Figures/,
    text: /# Weekly report/,
    attachments: [{ mimeType: 'text/html' }],
  })
  const file = join(dataDir, 'report.html')
  t.match(pellucid('report', '--weekly', '--format', 'html', '--out', file), { code: 0, out: /Weekly report written to/ })
  t.match(readFileSync(file, 'utf8'), /^<!doctype html>/)
  const nowhere = join(dataDir, 'missing', 'report.html')
  t.match(pellucid('report', '--out', nowhere), { code: 1, err: /^VALIDATION_ERROR: --out: ENOENT/ })
  t.match(pellucid('report', '--since', '2026-01-05T00:00:00Z').out, '# Weekly report, 5 January 2026 to 12 January 2026')
  t.match(pellucid('report', '--since', '2d', '--until', '1d'), { code: 1, err: /either --since or --until/ })
  t.match(pellucid('audit', 'show').out, /report_made.*kind=weekly/)
})
