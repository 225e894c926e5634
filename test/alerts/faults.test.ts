import t from 'tap'
import { receiveMail } from '../src/watch/channels/receivers.ts'
import { until } from '../worlds/until.ts'
import { isFiring, now, openAlertWorld, post, rules } from './alert-world.ts'

t.test('failing requests fire high_error_rate, which ends when most succeed', async t => {
  const { start, sent } = await openAlertWorld(t, rules(now('high_error_rate')), '', { DIAGNOSTIC_ROUTES: 'true' })
  const server = await start()
  const call = async (path: string, times: number) => {
    for (let i = 0; i < times; i++) await (await fetch(`${server.address}${path}`)).arrayBuffer()
  }
  await until(async () => {
    await call('/cause-error', 3)
    return isFiring(server, 'high_error_rate')
  })
  await until(async () => {
    await call('/hello', 50)
    return !(await isFiring(server, 'high_error_rate'))
  })
  await until(() => sent().some(({ kind }) => kind === 'resolved'))
  t.match(sent()[0], { kind: 'alert', title: 'High error rate', alerts: [{ rule: 'high_error_rate' }] })
})

t.test('a search for paths fires suspicious_activity, with its kind', async t => {
  const { start, sent } = await openAlertWorld(t, rules(now('suspicious_activity')))
  const server = await start()
  let path = 0
  await until(async () => {
    for (let i = 0; i < 40; i++) await (await fetch(`${server.address}/${path++}.php`)).arrayBuffer()
    return isFiring(server, 'suspicious_activity')
  })
  await until(() => sent().length > 0)
  t.match(sent()[0], { alerts: [{ rule: 'suspicious_activity', labels: { kind: 'probing' } }] })
})

t.test('questions without an answer fire no_answers, and bad judgements bad_feedback', async t => {
  const { start } = await openAlertWorld(t, rules(now('no_answers'), now('bad_feedback')))
  const server = await start()
  await until(async () => {
    for (let i = 0; i < 5; i++) {
      const { turn_id: turn } = (await (
        await post(server, '/chat', { message: `Who won the match of zorgblat ${i}?` })
      ).json()) as { turn_id: string }
      await post(server, `/turns/${turn}/feedback`, { correct: false })
    }
    return (await isFiring(server, 'no_answers')) && isFiring(server, 'bad_feedback')
  })
  t.pass('both fire')
})

t.test('a mail server that refuses fires notifications_undelivered, which the other channel delivers', async t => {
  const { port } = await receiveMail(t, { onMailFrom: (_address, _session, done) => done(new Error('refused')) })
  const email = `  email: { enabled: true, recipients: [ops@example.com], smtp_url: "smtp://127.0.0.1:${port}?verify=off" }`
  const settings = rules(now('notifications_undelivered'), 'session_limit: { threshold: 0.0001, for_s: 0 }')
  const { start, sent } = await openAlertWorld(t, settings, email)
  const server = await start()
  await post(server, '/sessions', {})
  await until(() => sent().some(({ alerts }) => alerts?.some(({ rule }) => rule === 'notifications_undelivered')))
  t.match(
    sent().find(({ title }) => title === 'Notifications undelivered'),
    { kind: 'alert', text: [/wait for email/] },
  )
})
