import t from 'tap'
import { startCollector } from '../../worlds/collector.ts'
import { say, startServer } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { startReceiver } from './receiver.ts'
import { causeErrors, readErrorsMetric, refuseWrites, startReportingServer } from './world.ts'

t.test('an error arrives with its trace, kind, release, environment, pseudonym and breadcrumbs', async t => {
  const receiver = await startReceiver(t)
  const collector = await startCollector(t)
  const server = await startReportingServer(t, receiver.dsn, {
    SENTRY_ENVIRONMENT: 'staging',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  })
  refuseWrites(server)
  const { status, headers } = await say(server.address, 'How do I marinate "wild garlic"?', { user_id: 'alice@example.com' })
  t.equal(status, 500)
  await until(() => receiver.events().length > 0)
  const [event, ...others] = receiver.events()
  t.same(others, [], 'one error is one event')
  const findLine = () => server.logLines().find(({ level }) => level === 'ERROR')
  await until(() => findLine() !== undefined)
  const line = findLine()
  t.match(event, {
    platform: 'node',
    level: 'error',
    environment: 'staging',
    release: /^pellucid@\d+\.\d+\.\d+/,
    logger: 'http',
    transaction: 'POST /chat',
    contexts: { trace: { trace_id: headers.get('x-trace-id'), span_id: line?.span_id } },
    user: { id: line?.user_id },
    tags: { kind: event.fingerprint[0], code: 'INTERNAL_ERROR', turn_id: line?.turn_id },
  })
  t.same(Object.keys(event.contexts.trace).sort(), ['span_id', 'trace_id'])
  t.notOk('server_name' in event, 'the host is not named')
  t.ok(event.breadcrumbs.length >= 1, 'earlier lines of the trace are breadcrumbs')
  const received = event.breadcrumbs.find(({ message }: { message: string }) => message === 'User message received')
  t.match(received, { category: 'chat', level: 'info', data: { message_chars: 32, function: String } })
  const frames = event.exception.values.flatMap(({ stacktrace }: { stacktrace: { frames: unknown[] } }) => stacktrace.frames)
  t.ok(frames.some((frame: { in_app: boolean; filename: string }) => frame.in_app && frame.filename.startsWith('src/')))
  t.notMatch(JSON.stringify(frames), /"(vars|context_line|pre_context|abs_path)"/, 'frames have no values and no source')
  t.match(event.exception.values[0], { value: 'no room for: <*>' }, 'what the error quotes of the message is masked')
  t.notMatch(receiver.bytes.join('\n'), /garlic|marinate|How do I|alice/, 'no text and no name of the user leaves')
  t.equal(await readErrorsMetric(server, 'telemetry_exported_total'), 1)
  t.equal(await server.stop(), 0)
  t.ok(collector.spans.length > 0)
  const { port } = new URL(receiver.dsn)
  t.notMatch(JSON.stringify(collector.spans), new RegExp(`envelope|"${port}"|:${port}`), 'no span is about Sentry')
})

t.test('an error outside a trace has no trace, and a failed start arrives too', async t => {
  const receiver = await startReceiver(t)
  const server = await startReportingServer(t, receiver.dsn, { OTEL_SDK_DISABLED: 'true' })
  await causeErrors(server, 1)
  await until(() => receiver.events().length === 1)
  t.notOk('trace' in receiver.events()[0].contexts)
  const { port } = new URL(server.address)
  await t.rejects(startReportingServer(t, receiver.dsn, { PORT: port }), /the server ended with 1/)
  t.match(receiver.events().at(-1), { level: 'fatal', transaction: undefined, tags: { function: 'start' } })
})

t.test('at most 60 events are sent in a minute, and the others are counted', async t => {
  const receiver = await startReceiver(t)
  const server = await startReportingServer(t, receiver.dsn)
  await causeErrors(server, 100)
  await until(async () => (await readErrorsMetric(server, 'telemetry_exported_total')) === 60)
  t.equal(await readErrorsMetric(server, 'telemetry_dropped_total'), 40)
  t.equal(receiver.events().length, 60)
  t.equal(new Set(receiver.events().map(event => event.fingerprint[0])).size, 1, 'they are of one kind')
})

t.test('without the package, the server says which one to install, and does not start', async t => {
  const dsn = 'http://0123456789abcdef@127.0.0.1:9/7'
  await t.rejects(startServer(t, { SENTRY_DSN: dsn }), {
    message:
      /CONFIGURATION_INVALID: SENTRY_DSN: the package @sentry\/node is not installed\. Run "npm install .*@sentry\/node@11/,
  })
})
