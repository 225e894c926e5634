import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Ajv } from 'ajv'
import t from 'tap'
import { runEmf } from '../../../src/cli/emf/emf.ts'
import { createEmfRecord, readSamples } from '../../../src/cli/emf/emf-record.ts'
import { isLoopbackUrl } from '../../../src/loopback.ts'
import { say, startServer } from '../../worlds/server-world.ts'

const BIN = join(import.meta.dirname, '../../../src/cli/pellucid.js')
/** The rules of CloudWatch's specification of the format, as far as these records use it. */
const FORMAT = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer', minimum: 0 },
        LogGroupName: { type: 'string', minLength: 1 },
        CloudWatchMetrics: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: { type: 'string', minLength: 1, maxLength: 1024 },
              Dimensions: { type: 'array', minItems: 1, items: { type: 'array', items: { type: 'string' }, maxItems: 30 } },
              Metrics: {
                type: 'array',
                minItems: 1,
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  properties: { Name: { type: 'string', minLength: 1, maxLength: 1024 }, Unit: { enum: ['Count', 'Percent'] } },
                },
              },
            },
          },
        },
      },
    },
  },
}

t.test('a running server gives a record in the format of CloudWatch, with a value for each metric that it names', async t => {
  const server = await startServer(t, { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })
  await say(server.address, 'How do I add documents?')
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [BIN, 'emf', server.address, '--interval', '1s', '--count', '2'],
    { encoding: 'utf8', env: { PATH: process.env.PATH, DATA_DIR: server.dataDir, LOG_DIR: server.logDir } },
  )
  t.equal(status, 0, stderr)
  const records = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.equal(records.length, 2)
  const ajv = new Ajv({ allErrors: true, strict: false })
  for (const record of records) {
    t.ok(ajv.validate(FORMAT, record), JSON.stringify(ajv.errors))
    const names = record._aws.CloudWatchMetrics[0].Metrics.map(({ Name }: { Name: string }) => Name)
    t.same(names, ['WaitingWrites', 'WriteUtilization', 'ReadUtilization', 'DiskFree', 'Refusals', 'ActiveSessions'])
    for (const name of names) t.type(record[name], 'number', name)
    t.ok(record.DiskFree > 0 && record.DiskFree <= 100)
    t.equal(record.ActiveSessions, 1)
  }
})

t.test('without an address, that of the server of DATA_DIR is used, and else that of HOST and PORT', async t => {
  const server = await startServer(t, { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })
  const { port } = new URL(server.address)
  const run = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [BIN, 'emf', '--interval', '1s', '--count', '1'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LOG_DIR: server.logDir, ...environment },
      timeout: 30_000,
    })
  for (const environment of [
    { DATA_DIR: server.dataDir, HOST: '127.0.0.1', PORT: '1' },
    { DATA_DIR: t.testdir(), HOST: '0.0.0.0', PORT: port },
  ]) {
    const { stdout, stderr } = run(environment)
    t.equal(stderr, '')
    t.equal(JSON.parse(stdout)._aws.CloudWatchMetrics[0].Namespace, 'Pellucid')
  }
})

t.test('utilization is the share of the time between two reads; a counter that was reset counts from zero', async t => {
  const before = readSamples(`# HELP ignored
chatbot_requests_refused_total{reason="limit"} 5
chatbot_database_commit_duration_seconds_sum 2
db_client_operation_duration_seconds_sum{operation="SELECT sessions"} 1
db_client_operation_duration_seconds_sum{operation="INSERT turns"} 7
`)
  const after = readSamples(`chatbot_requests_refused_total{reason="limit"} 1
chatbot_requests_refused_total{reason="share"} 2
chatbot_database_commit_duration_seconds_sum 8
chatbot_database_waiting_writes 3
db_client_operation_duration_seconds_sum{operation="SELECT sessions"} 4
db_client_operation_duration_seconds_sum{operation="INSERT turns"} 9
disk_free_bytes{volume="data"} 30
disk_size_bytes{volume="data"} 100
disk_free_bytes{volume="log"} 10
disk_size_bytes{volume="log"} 200
`)
  t.match(createEmfRecord(before, after, 60_000, 1_768_473_000_000, 'machine-1'), {
    Instance: 'machine-1',
    WaitingWrites: 3,
    WriteUtilization: 10,
    ReadUtilization: 5,
    DiskFree: 5,
    Refusals: 3,
  })
  t.notOk('DiskFree' in createEmfRecord(before, before, 60_000, 0, 'machine-1'), 'what is not known has no value')
})

t.test('only a server on a loopback address gets the token of the machine, if this user may read it', async t => {
  const heard: (string | undefined)[] = []
  const server = createServer((request, reply) => {
    heard.push(request.headers.authorization)
    reply.end('chatbot_database_waiting_writes 0\n')
  }).listen(0)
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const dataDir = t.testdir({ 'machine.token': 'secret\n' })
  const problems: string[] = []
  const run = async (host: string, dataDir: string) => {
    heard.length = 0
    const deps = {
      config: { dataDir, logDir: dataDir, logTimezone: 'UTC', host: '127.0.0.1', port: 0 },
      stdout: new PassThrough(),
      stderr: { write: (text: string) => problems.push(text) > 0 },
      now: Date.now,
      uid: undefined,
    }
    await runEmf(`http://${host}:${port}`, { interval: 1, count: 1 }, deps)
    return heard
  }
  t.same(await run('127.0.0.1', dataDir), ['Bearer secret', 'Bearer secret'])
  t.same(await run('0.0.0.0', dataDir), [undefined, undefined], 'an address that is not a loopback address')
  t.same(await run('127.0.0.1', join(dataDir, 'none')), [undefined, undefined], 'no token')

  chmodSync(join(dataDir, 'machine.token'), 0)
  const isRoot = process.geteuid?.() === 0
  // Root may read every file.
  if (isRoot) process.seteuid?.(65_534)
  const without = await run('127.0.0.1', dataDir).finally(() => isRoot && process.seteuid?.(0))
  t.same(without, [undefined, undefined], 'a token of another user')
  t.same(problems, [])
})

t.test('the host of a URL is compared without the brackets of IPv6', async t => {
  for (const url of ['http://localhost:8000', 'http://127.0.0.2', 'https://[::1]:8000/x', 'http://127.1'])
    t.ok(isLoopbackUrl(url), url)
  for (const url of ['http://127.0.0.1.example.com', 'http://localhost@example.com', 'http://[fe80::1]', 'http://10.0.0.1'])
    t.notOk(isLoopbackUrl(url), url)
})
