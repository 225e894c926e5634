import t from 'tap'
import { startTelemetry, stopTelemetry } from '../../../otel/sdk.ts'
import { startRequestSpan } from '../../../otel/tracing/request-span.ts'
import { startCollector } from '../../worlds/collector.ts'
import { scrape } from '../exposition.ts'

t.test('/metrics shows the service, and no telemetry has the id of the machine', async t => {
  const collector = await startCollector(t)
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.instance.id=one,team=blue,token=hunter2',
  })
  await startTelemetry()
  startRequestSpan({ method: 'POST', scheme: 'https', route: '/chat', headers: {} }).end({ statusCode: 200 })
  const shown = Object.keys((await scrape()).samples).filter(sample => sample.startsWith('target_info'))
  await stopTelemetry(2000)

  const labels = [...(shown[0] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value] as const)
  t.same(labels.map(([name]) => name).sort(), [
    'deployment_environment_name',
    'service_instance_id',
    'service_name',
    'service_version',
    'telemetry_sdk_language',
    'telemetry_sdk_name',
    'telemetry_sdk_version',
  ])
  t.match(Object.fromEntries(labels), {
    service_name: 'chatbot',
    service_instance_id: 'one',
    deployment_environment_name: 'test',
  })
  const [pushed = ''] = collector.bodies['/v1/metrics'] ?? []
  t.match(pushed, 'service.instance.id')
  t.notMatch(pushed, 'host.id')
  t.match(collector.resources, [{ team: 'blue', 'service.name': 'chatbot' }])
  for (const resource of collector.resources) t.notOk('host.id' in resource)
})
