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
 * Makes the SDK, not yet started, as the standard `OTEL_*` variables ask for it, and the reader that `/metrics` is answered from.
 * Throws where a variable asks for what cannot be had, an endpoint that is no URL for instance.
 */
export function createNodeSdk(): { readonly sdk: NodeSDK; readonly prometheus: PrometheusExporter } {
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const configuration: Partial<NodeSDKConfiguration> = {
    resource: defaultResource().merge(
      resourceFromAttributes({
        [ATTR_SERVICE_NAME]: 'chatbot',
        [ATTR_SERVICE_VERSION]: readVersion(),
        // Tells processes of one service apart. Another may be set by OTEL_RESOURCE_ATTRIBUTES.
        [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
      }),
    ),
    // What the process detector would add, the command line and the user's name, is nobody's business at /metrics.
    resourceDetectors: getStringFromEnv('OTEL_NODE_RESOURCE_DETECTORS') === undefined ? [envDetector, hostDetector] : undefined,
    ...createSpanPipeline(),
    metricReaders: [prometheus, ...createPushReaders()],
    views: createViews(),
    // The collector reads the log files.
    logRecordProcessors: [],
    instrumentations: getNodeAutoInstrumentations({
      // The span of a request is made in Fastify's hooks, at a third of the cost; what leaves the process is left to the instrumentation.
      '@opentelemetry/instrumentation-http': {
        disableIncomingRequestInstrumentation: true,
        ignoreOutgoingRequestHook: isOwnRequest,
      },
      '@opentelemetry/instrumentation-undici': { ignoreRequestHook: isOwnRequest },
      // The logger asks for the active span itself, and no line is sent but through the files.
      '@opentelemetry/instrumentation-pino': { enabled: false },
      '@opentelemetry/instrumentation-runtime-node': { enabled: false },
      '@opentelemetry/instrumentation-dns': { enabled: false },
      '@opentelemetry/instrumentation-net': { enabled: false },
    }),
  }
  // The SDK sets a logger of its own then, and would tell that there was another.
  if (getStringFromEnv('OTEL_LOG_LEVEL') !== undefined) diag.disable()
  return { sdk: new NodeSDK(configuration), prometheus }
}

/** Whether telemetry itself is sent: the SDK makes no span of that, but its duration would be measured like any other request's. */
function isOwnRequest(): boolean {
  return isTracingSuppressed(context.active())
}
