import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { freePorts } from '../../../bench/harness/network.ts'
import { makeFolders, say, startServer } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'
import { type Configuration, onlyPipelines, readOverlay, startCollector } from '../overlay.ts'
import { CREDENTIALS, startMoto } from './moto.ts'

const PROGRAM = process.env.AWS_COLLECTOR ?? ''
/** What CloudWatch accepts in one request. */
const REQUEST_LIMIT_BYTES = 1_048_576

t.test('a turn is a segment in X-Ray, found by its turn id', async t => {
  const moto = await startMoto(t)
  const [grpc = 0, http = 0] = await freePorts(2)
  const overlay = onlyPipelines(readOverlay('collector-aws.yaml'), ['traces'])
  const otlp = { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } }
  const configuration = withOnlyExporter({ ...overlay, receivers: { otlp } }, 'traces', 'awsxray', {
    ...overlay.exporters.awsxray,
    endpoint: moto.url,
  })
  const collector = startCollector(t, PROGRAM, configuration, CREDENTIALS)
  const server = await startServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${http}`, OTEL_METRICS_EXPORTER: 'none' })
  const { body } = await say(server.address, 'How do I write to ada.canary@example.com?', { user_id: 'ada' })
  await server.stop()
  // X-Ray's form of the id.
  const id = `1-${body.trace_id.slice(0, 8)}-${body.trace_id.slice(8)}`
  let documents: Segment[] = []
  await until(() => {
    if (/\terror\t/.test(collector.output())) throw new Error(collector.output())
    const [{ Traces: traces }] = moto.call(['xray', 'batch_get_traces', { TraceIds: [id] }])
    documents = (traces[0]?.Segments ?? []).map(({ Document: text }: { Document: string }) => JSON.parse(text))
    return documents.some(({ name }) => name === 'chatbot')
  })
  const segment = documents.find(({ name }) => name === 'chatbot')
  t.equal(segment?.trace_id, id)
  t.equal(segment?.annotations?.chatbot_turn_id ?? segment?.annotations?.['chatbot.turn.id'], body.turn_id)
  t.equal(segment?.http?.response?.status, 200)
  t.ok(documents.length > 1, 'with its steps')
  t.notMatch(JSON.stringify(documents), /ada\.canary/)
  t.comment(`${documents.length} segments`, [...new Set(documents.map(({ name }) => name))].join(', '))
})

t.test('log lines reach the endpoint of CloudWatch Logs, signed, for group and stream, in requests that fit', async t => {
  const folders = makeFolders(t)
  const server = await startServer(t, { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }, folders)
  const { body } = await say(server.address, 'How do I add documents?')
  await server.stop()
  const requests: { headers: Record<string, unknown>; bytes: number; text: string }[] = []
  const sink = createServer(async (request, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const sent = Buffer.concat(chunks)
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
    requests.push({ headers: request.headers, bytes: plain.length, text: plain.toString('latin1') })
    reply.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  }).listen(0, '127.0.0.1')
  await once(sink, 'listening')
  t.teardown(() => sink.close())
  const overlay = onlyPipelines(readOverlay('collector-aws.yaml'), ['logs'])
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/v1/logs`
  const configuration = withOnlyExporter(
    { ...overlay, receivers: { file_log: overlay.receivers.file_log ?? {} } },
    'logs',
    'otlp_http/cloudwatch',
    { ...overlay.exporters['otlp_http/cloudwatch'], logs_endpoint: endpoint },
  )
  const collector = startCollector(t, PROGRAM, configuration, {
    ...CREDENTIALS,
    LOG_DIR: folders.logDir,
    AWS_LOG_STREAM: 'machine-1',
  })
  await until(() => {
    if (/\terror\t/.test(collector.output())) throw new Error(collector.output())
    return requests.some(({ text }) => text.includes(body.turn_id))
  })
  for (const { headers, bytes } of requests) {
    t.match(
      headers.authorization,
      /^AWS4-HMAC-SHA256 Credential=testing\/\d{8}\/eu-central-1\/logs\/aws4_request, .+Signature=[\da-f]{64}$/,
    )
    t.equal(headers['x-aws-log-group'], '/pellucid/collector')
    t.equal(headers['x-aws-log-stream'], 'machine-1')
    t.ok(bytes < REQUEST_LIMIT_BYTES)
  }
})

interface Segment {
  readonly name: string
  readonly trace_id: string
  readonly annotations?: Readonly<Record<string, unknown>>
  readonly http?: { readonly response?: { readonly status?: number } }
}

/** Gives a pipeline one exporter, with other options, and only the receivers that remain. */
function withOnlyExporter(configuration: Configuration, pipeline: string, exporter: string, options: object): Configuration {
  const { service } = configuration
  const receivers = Object.keys(configuration.receivers)
  return {
    ...configuration,
    exporters: { [exporter]: options },
    service: { ...service, pipelines: { [pipeline]: { ...service.pipelines[pipeline], receivers, exporters: [exporter] } } },
  }
}
