import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node'
import { getStringFromEnv } from '@opentelemetry/core'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { defaultResource, envDetector, hostDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import { readVersion } from '../src/version.ts'
import { createPushReaders } from './metric-readers.ts'
import { METRICS, type Metric } from './metrics.ts'

/**
 * Makes the SDK, not yet started, as the standard `OTEL_*` variables ask for it, and the reader that `/metrics` is answered from.
 * Throws where a variable asks for what cannot be had, an endpoint that is no URL for instance.
 */
export function createNodeSdk(): { readonly sdk: NodeSDK; readonly prometheus: PrometheusExporter } {
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const sdk = new NodeSDK({
    resource: defaultResource().merge(
      resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'chatbot', [ATTR_SERVICE_VERSION]: readVersion() }),
    ),
    // What the process detector would add, the command line and the user's name, is nobody's business at /metrics.
    resourceDetectors: getStringFromEnv('OTEL_NODE_RESOURCE_DETECTORS') === undefined ? [envDetector, hostDetector] : undefined,
    metricReaders: [prometheus, ...createPushReaders()],
    views: Object.entries<Metric>(METRICS).flatMap(([name, { instrument, help }]) =>
      instrument === undefined ? [] : [{ instrumentName: instrument, name, description: help }],
    ),
    // The collector reads the log files.
    logRecordProcessors: [],
    instrumentations: getNodeAutoInstrumentations({
      // The span of a request is made in Fastify's hooks, at a third of the cost; what leaves the process is left to the instrumentation.
      '@opentelemetry/instrumentation-http': { disableIncomingRequestInstrumentation: true },
      // The logger asks for the active span itself, and no line is sent but through the files.
      '@opentelemetry/instrumentation-pino': { enabled: false },
      '@opentelemetry/instrumentation-runtime-node': { enabled: false },
      '@opentelemetry/instrumentation-dns': { enabled: false },
      '@opentelemetry/instrumentation-net': { enabled: false },
    }),
  })
  return { sdk, prometheus }
}
