import t from 'tap'
import { isOtlpEndpointConfigured, readOtlpDestination, withoutCredentials } from '../../otel/sdk/environment.ts'

t.test('withoutCredentials removes credentials and query and keeps the rest', async t => {
  for (const [address, expected] of [
    ['http://collector:4318', 'http://collector:4318'],
    ['http://user:word@collector:4318/v1/traces?key=word#part', 'http://collector:4318/v1/traces'],
    ['https://collector/for/a@b/traces', 'https://collector/for/a@b/traces'],
    ['http://user:w@rd@collector', 'http://collector'],
    ['http://[::1]:4318/', 'http://[::1]:4318'],
    ['collector:4317', 'collector:4317'],
    ['user:word@collector:4317?key=word', 'collector:4317'],
    ['http://user:wo/rd@collector:4318', 'http://collector:4318'],
    ['no url at all', 'no url at all'],
  ] as const)
    t.equal(withoutCredentials(address), expected, address)
})

t.test('readOtlpDestination returns the address that the exporter uses, also for invalid variables', async t => {
  const common = 'OTEL_EXPORTER_OTLP_ENDPOINT'
  const own = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
  t.teardown(() => {
    for (const name of [common, own, 'OTEL_EXPORTER_OTLP_PROTOCOL']) delete process.env[name]
  })
  for (const [settings, expected] of [
    [{}, 'http://localhost:4318'],
    [{ [common]: 'notaurl' }, 'http://localhost:4318'],
    [{ [common]: 'http://a:1', [own]: 'http://b:2/v1/traces' }, 'http://b:2/v1/traces'],
    [{ [common]: 'http://a:1', [own]: 'notaurl' }, 'http://a:1'],
    [{ [common]: 'a:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'a:1'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http://localhost:4317'],
  ] as const) {
    for (const name of [common, own, 'OTEL_EXPORTER_OTLP_PROTOCOL']) delete process.env[name]
    Object.assign(process.env, settings)
    t.equal(readOtlpDestination('traces'), expected, JSON.stringify(settings))
  }
})

t.test('an endpoint counts as configured if any OTLP endpoint variable has a value', async t => {
  const names = ['', 'TRACES_', 'METRICS_'].map(signal => `OTEL_EXPORTER_OTLP_${signal}ENDPOINT`)
  t.equal(isOtlpEndpointConfigured(), false)
  for (const name of names) {
    process.env[name] = ''
    t.equal(isOtlpEndpointConfigured(), false, `${name} is empty`)
    process.env[name] = 'http://collector:4318'
    t.equal(isOtlpEndpointConfigured(), true, name)
    delete process.env[name]
  }
})
