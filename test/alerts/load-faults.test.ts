import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { freePorts } from '../../bench/harness/network.ts'
import { until } from '../worlds/until.ts'
import { isFiring, now, openAlertWorld, openSession, post, rules } from './alert-world.ts'

// Rules over five minutes are only seen to fire: their window would have to pass.

t.test('writes that another process holds up fire queue_backlog, slow_queries and response_time_degradation', async t => {
  const { start, dataDir } = await openAlertWorld(
    t,
    rules(
      now('queue_backlog', ', threshold: 2'),
      now('slow_queries', ', threshold: 0.005'),
      now('response_time_degradation', ', threshold: 1'),
    ),
  )
  const server = await start()
  const session = await openSession(server)
  const other = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  t.teardown(() => other.close())
  // Some are held up for longer than the thresholds, whatever the machine does.
  const holdWrites = async (whileHeld: () => Promise<unknown>) => {
    other.exec('BEGIN IMMEDIATE')
    const sent = Array.from({ length: 8 }, (_, i) => post(server, '/chat', { message: `question ${i}`, session_id: session }))
    await whileHeld()
    other.exec('ROLLBACK')
    for (const reply of await Promise.all(sent)) await reply.arrayBuffer()
  }
  await holdWrites(() => until(() => isFiring(server, 'queue_backlog')))
  await until(async () => !(await isFiring(server, 'queue_backlog')))
  await until(async () => {
    await holdWrites(() => delay(1500))
    return (await isFiring(server, 'slow_queries')) && isFiring(server, 'response_time_degradation')
  })
  await until(async () => {
    for (let i = 0; i < 200; i++) await (await post(server, '/chat', { message: 'hello' })).arrayBuffer()
    return !(await isFiring(server, 'response_time_degradation'))
  })
  t.pass('fast answers end the last one')
})

t.test('a collector that is down fires telemetry_stopped, until one is there', async t => {
  const [port = 0] = await freePorts(1)
  const { start } = await openAlertWorld(t, rules(now('telemetry_stopped', ', threshold: 2')), '', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
  })
  const server = await start()
  const ask = async () => void (await (await fetch(`${server.address}/hello`)).arrayBuffer())
  await until(async () => {
    await ask()
    return isFiring(server, 'telemetry_stopped')
  })
  const collector = createServer((request, reply) => request.resume().on('end', () => reply.end()))
  await new Promise<void>(resolve => collector.listen(port, '127.0.0.1', resolve))
  t.teardown(() => collector.close())
  t.teardown(() => collector.closeAllConnections())
  await until(async () => {
    await ask()
    return !(await isFiring(server, 'telemetry_stopped'))
  })
  t.pass('spans arrive again')
})

t.test('a server for which no collector is configured, and where none runs, does not fire telemetry_stopped', async t => {
  const { start } = await openAlertWorld(t, rules(now('telemetry_stopped', ', threshold: 0')), '', {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_BSP_SCHEDULE_DELAY: '200',
  })
  const server = await start()
  const dropped = async () => {
    await (await fetch(`${server.address}/hello`)).arrayBuffer()
    const text = await (await fetch(`${server.address}/metrics`)).text()
    t.match(text, 'telemetry_last_success_age_seconds{signal="traces"} 0\n')
    return /^telemetry_dropped_total\{signal="traces"\} [1-9]/m.test(text)
  }
  await until(dropped)
  t.notOk(await isFiring(server, 'telemetry_stopped'))
})

t.test('more connections than allowed fire connections_dropped', async t => {
  const { start, has } = await openAlertWorld(t, rules(now('connections_dropped', ', threshold: 2')), '', {
    MAX_CONNECTIONS: '20',
  })
  const server = await start()
  const { port } = new URL(server.address)
  const open: Socket[] = []
  t.teardown(() => {
    for (const socket of open) socket.destroy()
  })
  await until(async () => {
    for (let i = 0; i < 40; i++) open.push(connect(Number(port), '127.0.0.1').on('error', () => undefined))
    const dropped = open.splice(0)
    await delay(50)
    for (const socket of dropped) socket.destroy()
    return has('alert')()
  })
  t.pass('it fires')
})

t.test('requests above the limit of their rate fire requests_refused', async t => {
  const { start, has } = await openAlertWorld(t, rules(now('requests_refused', ', threshold: 0.01')), '', {
    RATE_LIMIT_PER_MINUTE: '60',
  })
  const server = await start()
  await until(async () => {
    for (let i = 0; i < 80; i++) await (await post(server, '/search', { query: 'tea' })).arrayBuffer()
    // The routes for operators are limited, too.
    return has('alert')()
  })
  t.pass('it fires')
})

t.test('load fires high_cpu, and use of memory memory_exhaustion', async t => {
  const { start, write, pellucid } = await openAlertWorld(t)
  const server = await start()
  const metrics = await (await fetch(`${server.address}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(metrics)?.[1])
  const used = value('process_resident_memory_bytes') / value('process_memory_limit_bytes')
  write(rules(now('high_cpu', ', threshold: 0.01'), now('memory_exhaustion', `, threshold: ${(used * 1.1).toFixed(6)}`)))
  t.equal(pellucid('monitoring', 'reload').code, 0)
  const text = 'How are documents added, and when are they found? '.repeat(20)
  await until(async () => {
    await Promise.all(Array.from({ length: 32 }, async () => (await post(server, '/chat', { message: text })).arrayBuffer()))
    return (await isFiring(server, 'high_cpu')) && (await isFiring(server, 'memory_exhaustion'))
  })
})

t.test('many writes that wait fire slow_writes, which ends when they are done', async t => {
  const { start, has, dataDir } = await openAlertWorld(t, rules(now('slow_writes')))
  const server = await start()
  const other = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  t.teardown(() => other.close())
  let sent: Promise<unknown>[] = []
  await until(async () => {
    if (sent.length === 0) other.exec('BEGIN IMMEDIATE')
    sent = Array.from({ length: 700 }, () => post(server, '/sessions', {}).then(reply => reply.arrayBuffer()))
    await Promise.race([Promise.all(sent), until(has('alert'))])
    return has('alert')()
  })
  other.exec('ROLLBACK')
  await Promise.all(sent)
  await until(has('resolved'))
  t.pass('it fires and ends')
})
