import { randomUUID } from 'node:crypto'
import { context, diag } from '@opentelemetry/api'
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node'
import { getStringFromEnv, isTracingSuppressed } from '@opentelemetry/core'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { defaultResource, envDetector, hostDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import { readVersion } from '../../src/version.ts'
import { createPushReaders } from './metric-readers.ts'
import { createViews } from './metric-views.ts'
import { createSpanPipeline } from './span-pipeline.ts'

/**
 * Creates the SDK from the standard `OTEL_*` variables, without starting it, and the reader for
 * `/metrics`. Throws if a variable cannot be applied, such as an endpoint that is not a URL.
 */
export function createNodeSdk(): { readonly sdk: NodeSDK; readonly prometheus: PrometheusExporter } {
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const configuration: Partial<NodeSDKConfiguration> = {
    resource: defaultResource().merge(
      resourceFromAttributes({
        [ATTR_SERVICE_NAME]: 'chatbot',
        [ATTR_SERVICE_VERSION]: readVersion(),
        // Distinguishes processes of one service. OTEL_RESOURCE_ATTRIBUTES can override it.
        [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
      }),
    ),
    // The process detector would expose command line and user name at /metrics.
    resourceDetectors: getStringFromEnv('OTEL_NODE_RESOURCE_DETECTORS') === undefined ? [envDetector, hostDetector] : undefined,
    ...createSpanPipeline(),
    metricReaders: [prometheus, ...createPushReaders()],
    views: createViews(),
    // The collector reads the log files.
    logRecordProcessors: [],
    instrumentations: getNodeAutoInstrumentations({
      // Fastify hooks create the request span, at a third of the cost. The instrumentation covers
      // outgoing requests.
      '@opentelemetry/instrumentation-http': {
        disableIncomingRequestInstrumentation: true,
        ignoreOutgoingRequestHook: isOwnRequest,
      },
      '@opentelemetry/instrumentation-undici': { ignoreRequestHook: isOwnRequest },
      // The logger reads the active span itself, and lines are exported through files.
      '@opentelemetry/instrumentation-pino': { enabled: false },
      '@opentelemetry/instrumentation-runtime-node': { enabled: false },
      '@opentelemetry/instrumentation-dns': { enabled: false },
      '@opentelemetry/instrumentation-net': { enabled: false },
    }),
  }
  // The SDK then installs its own logger and would warn about the present one.
  if (getStringFromEnv('OTEL_LOG_LEVEL') !== undefined) diag.disable()
  return { sdk: new NodeSDK(configuration), prometheus }
}

/**
 * Whether the request exports telemetry. The SDK makes no span for it, but would measure its
 * duration.
 */
function isOwnRequest(): boolean {
  return isTracingSuppressed(context.active())
}
