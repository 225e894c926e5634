import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FILTERS, FOLDER, fillIn, matchesPattern, resourcesOf } from '../../otel/integrations/aws-template.ts'
import { say, startServer } from '../../worlds/server-world.ts'
import { type Call, type Reply, startMoto } from './moto.ts'

const ROUNDS = 5
const MACHINES = ['machine-1', 'machine-2']
const agent = JSON.parse(readFileSync(join(FOLDER, 'cloudwatch-agent.json'), 'utf8'))
const collected = agent.logs.logs_collected.files.collect_list as { file_path: string; log_group_name: string }[]
/** Made by their own API: moto reports a stack as complete without making what is in it. */
const groups = resourcesOf('Logs::LogGroup').map(({ LogGroupName, RetentionInDays }) => ({
  name: LogGroupName,
  days: typeof RetentionInDays === 'number' ? RetentionInDays : 30,
}))

t.test('log lines of two machines are found by group, stream, turn and level, and kept as long as their level', async t => {
  const moto = await startMoto(t)
  const logs = await Promise.all(MACHINES.map(async machine => ({ machine, ...(await makeLog(t)) })))
  moto.call(
    ...groups.flatMap(({ name, days }): Call[] => [
      ['logs', 'create_log_group', { logGroupName: name }],
      ['logs', 'put_retention_policy', { logGroupName: name, retentionInDays: days }],
    ]),
  )
  const described = moto.call(['logs', 'describe_log_groups', {}])[0].logGroups as Reply[]
  t.same(Object.fromEntries(described.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays])), {
    '/pellucid/chatbot': 30,
    '/pellucid/chatbot/warning': 365,
    '/pellucid/chatbot/error': 365,
    '/pellucid/chatbot/audit': 2557,
    '/pellucid/chatbot/metrics': 3,
  })
  // As the agent does: the lines of each file, in a stream for each machine.
  for (const { file_path, log_group_name: logGroupName } of collected)
    for (const { machine: logStreamName, logDir } of logs) {
      const events = globSync(file_path.replace('/path/to/chatbot/logs', logDir)).flatMap(file =>
        readLines(file).map(message => ({ message, timestamp: Date.parse(JSON.parse(message).time) })),
      )
      events.sort((a, b) => a.timestamp - b.timestamp)
      moto.call(['logs', 'create_log_stream', { logGroupName, logStreamName }])
      if (events.length > 0) moto.call(['logs', 'put_log_events', { logGroupName, logStreamName, logEvents: events }])
    }
  for (const { machine, lines, turns } of logs) {
    const [{ events }] = moto.call([
      'logs',
      'get_log_events',
      { logGroupName: '/pellucid/chatbot', logStreamName: machine, startFromHead: true, limit: 10_000 },
    ])
    const found = events.map(({ message }: { message: string }) => JSON.parse(message)) as Record<string, unknown>[]
    t.same(found, lines, `${machine}: each line, in order`)
    t.equal(turns.length, ROUNDS)
    for (const turn of turns)
      t.equal(found.filter(line => line.turn_id === turn).length, lines.filter(line => line.turn_id === turn).length)
  }
  const [{ events: errors }] = moto.call(['logs', 'filter_log_events', { logGroupName: '/pellucid/chatbot/error' }])
  t.equal(errors.length, MACHINES.length * ROUNDS)
  t.ok(errors.every(({ message }: { message: string }) => JSON.parse(message).level === 'ERROR'))
})

t.test('each metric has its values, unit and dimensions in CloudWatch', async t => {
  const moto = await startMoto(t)
  const { lines } = await makeLog(t)
  const data = FILTERS.map(({ name, pattern, value, unit, dimensions }) => ({
    name,
    points: lines
      .filter(line => matchesPattern(pattern, line))
      .map(line => ({
        MetricName: name,
        Value: value.startsWith('$.') ? Number(line[value.slice(2)]) : Number(value),
        Unit: unit,
        Dimensions: dimensions.map(({ Key, Value }) => ({ Name: Key, Value: String(line[Value.slice(2)]) })),
        Timestamp: String(line.time),
      })),
  }))
  for (const { points } of data)
    if (points.length > 0) moto.call(['cloudwatch', 'put_metric_data', { Namespace: 'Pellucid', MetricData: points }])
  const [start, end] = [lines[0]?.time, lines.at(-1)?.time].map(time => Date.parse(String(time)))
  const sum = (MetricName: string, Dimensions: object[] = []) => {
    const period = {
      StartTime: new Date((start ?? 0) - 60_000).toISOString(),
      EndTime: new Date((end ?? 0) + 60_000).toISOString(),
      Period: 60,
    }
    const [{ Datapoints }] = moto.call([
      'cloudwatch',
      'get_metric_statistics',
      { Namespace: 'Pellucid', MetricName, Dimensions, ...period, Statistics: ['Sum'] },
    ])
    return (Datapoints as { Sum: number }[]).reduce((total, point) => total + point.Sum, 0)
  }
  const chat = [{ Name: 'Route', Value: '/chat' }]
  const failing = [{ Name: 'Route', Value: '/cause-error' }]
  t.same(
    [
      sum('Invocations', chat),
      sum('Errors', failing),
      sum('Requests'),
      sum('Errors4xx'),
      sum('Errors5xx'),
      sum('ConversationTurns'),
      sum('LlmCalls'),
    ],
    [ROUNDS, ROUNDS, 3 * ROUNDS, ROUNDS, ROUNDS, ROUNDS, ROUNDS],
  )
  const tookMs = (found: (line: Record<string, unknown>) => boolean) =>
    lines.filter(found).reduce((total, line) => total + Number(line.took_ms), 0)
  t.ok(Math.abs(sum('Duration', chat) - tookMs(line => line.route === '/chat')) < 0.01)
  t.ok(Math.abs(sum('Latency') - tookMs(line => line.msg === 'Bot response sent')) < 0.01)
})

t.test('topic, alarms, dashboard and metric filters are stored as the template has them', async t => {
  const moto = await startMoto(t)
  const [{ TopicArn }] = moto.call(['sns', 'create_topic', { Name: 'alarms' }])
  const [{ Subscription: subscriptions }] = resourcesOf('SNS::Topic')
  t.same(subscriptions, [{ Protocol: 'email', Endpoint: { Ref: 'Email' } }])
  moto.call(['sns', 'subscribe', { TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }])
  const [{ Subscriptions }] = moto.call(['sns', 'list_subscriptions_by_topic', { TopicArn }])
  t.match(Subscriptions, [{ Protocol: 'email', Endpoint: 'ops@example.com', TopicArn }])
  for (const [at, alarm] of resourcesOf('CloudWatch::Alarm').entries()) {
    const { AlarmActions, OKActions, ...rest } = alarm
    t.same([AlarmActions, OKActions], [[{ Ref: 'Alarms' }], [{ Ref: 'Alarms' }]])
    const name = `alarm-${at}`
    moto.call(['cloudwatch', 'put_metric_alarm', { ...rest, AlarmName: name, AlarmActions: [TopicArn], OKActions: [TopicArn] }])
    const [{ MetricAlarms }] = moto.call(['cloudwatch', 'describe_alarms', { AlarmNames: [name] }])
    t.match(MetricAlarms[0], { ...rest, AlarmActions: [TopicArn], OKActions: [TopicArn] }, rest.AlarmDescription)
  }
  for (const { DashboardName, DashboardBody } of resourcesOf('CloudWatch::Dashboard')) {
    const body = fillIn(DashboardBody)
    moto.call(['cloudwatch', 'put_dashboard', { DashboardName, DashboardBody: body }])
    const [{ DashboardBody: stored }] = moto.call(['cloudwatch', 'get_dashboard', { DashboardName }])
    const { widgets } = JSON.parse(stored)
    t.same(JSON.parse(stored), JSON.parse(body))
    t.same(
      new Set(widgets.map(({ type }: { type: string }) => type)),
      new Set(['metric', 'log']),
      'metrics and logs in one place',
    )
  }
  moto.call(['logs', 'create_log_group', { logGroupName: '/pellucid/chatbot' }])
  for (const { FilterPattern, MetricTransformations } of resourcesOf('Logs::MetricFilter')) {
    const [{ MetricName, MetricNamespace, Unit, DefaultValue, Dimensions = [], MetricValue }] = MetricTransformations
    const transformation = {
      metricName: MetricName,
      metricNamespace: MetricNamespace,
      metricValue: String(MetricValue),
      unit: Unit,
      ...(DefaultValue !== undefined && { defaultValue: DefaultValue }),
      ...(Dimensions.length > 0 && {
        dimensions: Object.fromEntries(Dimensions.map(({ Key, Value }: Record<string, string>) => [Key, Value])),
      }),
    }
    moto.call([
      'logs',
      'put_metric_filter',
      {
        logGroupName: '/pellucid/chatbot',
        filterName: MetricName,
        filterPattern: FilterPattern,
        metricTransformations: [transformation],
      },
    ])
  }
  const [{ metricFilters }] = moto.call(['logs', 'describe_metric_filters', { logGroupName: '/pellucid/chatbot' }])
  t.same(
    metricFilters.map(({ filterName, filterPattern }: Record<string, string>) => [filterName, filterPattern]).sort(),
    FILTERS.map(({ name, pattern }) => [name, pattern]).sort(),
  )
})

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean)
}

async function makeLog(t: { teardown(end: () => unknown): void }) {
  const server = await startServer(t, { DIAGNOSTIC_ROUTES: 'true', OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })
  const turns: string[] = []
  for (let i = 0; i < ROUNDS; i++) {
    turns.push((await say(server.address, `How do I add document ${i}?`)).body.turn_id)
    for (const path of ['/cause-error', '/unknown']) await (await fetch(`${server.address}${path}`)).arrayBuffer()
  }
  await server.stop()
  return { ...server, turns, lines: server.logLines() }
}
