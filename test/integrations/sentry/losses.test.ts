import t from 'tap'
import { type ServerWorld, say } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { startReceiver } from './receiver.ts'
import { causeErrors, readErrorsMetric, startReportingServer } from './world.ts'

const linesOf = (server: ServerWorld, start: string) =>
  server.logLines().filter(({ msg, signal }) => String(msg).startsWith(start) && signal === 'errors')
const dropped = (server: ServerWorld, count: number) =>
  until(async () => (await readErrorsMetric(server, 'telemetry_dropped_total')) === count)

async function isUnharmed(server: ServerWorld): Promise<boolean> {
  const ready = await fetch(`${server.address}/health/ready`)
  return ready.status === 200 && (await say(server.address, 'What is Pellucid?')).status === 200
}

t.test('without a receiver, errors are counted and reported once, until it is back', async t => {
  const receiver = await startReceiver(t)
  const server = await startReportingServer(t, receiver.dsn)
  await receiver.stop()
  await causeErrors(server, 5)
  await dropped(server, 5)
  t.ok(await isUnharmed(server))
  await until(() => linesOf(server, 'Telemetry export is failing').length > 0)
  t.match(linesOf(server, 'Telemetry export is failing'), [{ level: 'WARNING', failure: /ECONNREFUSED/, dropped: 5 }])
  await causeErrors(server, 2)
  await dropped(server, 7)
  await receiver.start()
  await until(() => linesOf(server, 'Telemetry export resumed').length > 0)
  t.match(linesOf(server, 'Telemetry export resumed'), [{ dropped: 7 }])
  t.equal(linesOf(server, 'Telemetry export is failing').length, 1, 'an outage is one episode')
  await causeErrors(server, 1)
  await until(() => receiver.events().length === 1)
  t.equal(await readErrorsMetric(server, 'telemetry_last_success_age_seconds'), 0)
  t.notMatch(JSON.stringify(server.logLines()), /0123456789abcdef0123/, 'the key of the project is not logged')
  t.equal(await server.stop(), 0)
})

t.test('events that the receiver refuses are counted, and after 429 none is sent for a time', async t => {
  const receiver = await startReceiver(t)
  const server = await startReportingServer(t, receiver.dsn)
  receiver.answerBy(reply => reply.writeHead(500).end())
  await causeErrors(server, 3)
  await dropped(server, 3)
  const before = receiver.refused()
  t.ok(before >= 3)
  receiver.answerBy(reply => reply.writeHead(429, { 'retry-after': '600' }).end())
  await causeErrors(server, 1)
  await dropped(server, 4)
  await until(() => receiver.refused() > before)
  const refused = receiver.refused()
  await causeErrors(server, 6)
  await dropped(server, 10)
  t.equal(receiver.refused(), refused, 'Sentry is not asked again before the time is over')
  t.ok(await isUnharmed(server))
  await until(() => linesOf(server, 'Telemetry export is failing').length > 0)
  t.equal(await server.stop(), 0)
})

t.test('a receiver that never answers costs neither requests nor the stop', async t => {
  const receiver = await startReceiver(t)
  const server = await startReportingServer(t, receiver.dsn, { SHUTDOWN_TIMEOUT_MS: '16000' })
  receiver.answerBy(() => {})
  await causeErrors(server, 2)
  t.ok(await isUnharmed(server))
  await dropped(server, 2)
  await until(() => linesOf(server, 'Telemetry export is failing').length > 0)
  t.match(linesOf(server, 'Telemetry export is failing')[0], { failure: /no answer within 10000 ms/ })
  await causeErrors(server, 3)
  await until(() => receiver.refused() >= 5)
  t.equal(await server.stop(), 0, 'the stop is in time')
  t.match(linesOf(server, 'Errors not sent before the stop'), [{ dropped: 3 }])
})

t.test('what is being sent at the stop arrives', async t => {
  const receiver = await startReceiver(t)
  const server = await startReportingServer(t, receiver.dsn)
  await causeErrors(server, 20)
  t.equal(await server.stop(), 0)
  t.equal(receiver.events().length, 20)
})
