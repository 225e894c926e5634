import t from 'tap'
import { until } from '../../worlds/until.ts'
import { startElasticsearch } from './elasticsearch.ts'
import { startLogged } from './log-lines.ts'
import { createRsyslog } from './rsyslog.ts'

const ROUNDS = 5

t.test('a wrong password gets 401 and stores nothing; with the right one, rsyslog sends everything again', async t => {
  const elasticsearch = await startElasticsearch(t, 'right-password')
  const log = await startLogged(t)
  await log.addTraffic(ROUNDS)
  await log.server.stop()
  const authorization = `Basic ${btoa('elastic:wrong-password')}`
  t.equal((await fetch(`${elasticsearch.url}/_bulk`, { method: 'POST', headers: { authorization } })).status, 401)

  const rsyslog = createRsyslog(t, elasticsearch.url, log.logDir)
  rsyslog.start('wrong-password')
  await until(() => rsyslog.output().includes('security_exception'))
  t.equal(await elasticsearch.count(), 0)
  await rsyslog.stop('SIGTERM')
  // rsyslog takes the refusal for a fault of the lines and gives them up.
  rsyslog.forget()
  rsyslog.start('right-password')
  await until(async () => (await elasticsearch.count()) >= log.lines().length)
  t.equal(await elasticsearch.count(), log.lines().length)
})
