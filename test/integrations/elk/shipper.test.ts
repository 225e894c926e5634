import t from 'tap'
import { until } from '../../worlds/until.ts'
import { startElasticsearch } from './elasticsearch.ts'
import { CANARY, startLogged } from './log-lines.ts'
import { createRsyslog } from './rsyslog.ts'

const ROUNDS = 15

t.test('rsyslog stores each line once, through an outage of Elasticsearch, a kill and a restart', async t => {
  const elasticsearch = await startElasticsearch(t)
  const log = await startLogged(t)
  const rsyslog = createRsyslog(t, elasticsearch.url, log.logDir)
  rsyslog.start()
  const turns = [...(await log.addTraffic(ROUNDS))]
  await until(async () => (await elasticsearch.count()) === log.lines().length)

  await elasticsearch.stop()
  turns.push(...(await log.addTraffic(ROUNDS)))
  await rsyslog.stop('SIGKILL')
  turns.push(...(await log.addTraffic(ROUNDS)))
  rsyslog.start()
  turns.push(...(await log.addTraffic(ROUNDS)))
  await rsyslog.stop('SIGTERM')
  await log.server.stop()
  await elasticsearch.start()
  rsyslog.start()
  const lines = log.lines()
  await until(async () => (await elasticsearch.count()) >= lines.length)

  t.equal(await elasticsearch.count(), lines.length, 'nothing lost, nothing doubled')
  t.equal(turns.length, 4 * ROUNDS)
  for (const turn of turns) {
    const sent = lines.filter(line => line.turn_id === turn).length
    t.ok(sent > 0)
    t.equal(await elasticsearch.count({ term: { turn_id: turn } }), sent, 'lines of a turn')
  }
  t.equal(await elasticsearch.count({ query_string: { query: `"${CANARY.split('@')[0]}"` } }), 0, 'nothing unredacted')
  const { body } = await elasticsearch.ask('GET', '_cat/indices/chatbot-logs-*?format=json')
  const indices = Object.values(body).map(index => (index as { index: string }).index.replace(/\d{4}\.\d\d\.\d\d$/, 'DAY'))
  t.same([...new Set(indices)].sort(), ['chatbot-logs-DAY', 'chatbot-logs-error-DAY', 'chatbot-logs-warning-DAY'])
  t.comment(`${lines.length} lines in, ${lines.length} documents out`)
})
