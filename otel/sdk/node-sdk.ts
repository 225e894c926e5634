import { diag } from '@opentelemetry/api'
import { getStringFromEnv } from '@opentelemetry/core'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import type { AzureThread } from '../azure/azure-thread.ts'
import { readAzureConnection } from '../azure/connection.ts'
import { createInstrumentations } from './instrumentations.ts'
import { createPushReaders } from './metric-readers.ts'
import { createViews } from './metric-views.ts'
import { describeProcess, PublicPrometheusExporter, publicAttributesOf } from './resource.ts'
import { createSpanPipeline } from './span-pipeline.ts'

interface CreatedSdk {
  readonly sdk: NodeSDK
  readonly prometheus: PrometheusExporter
  /** Undefined if nothing is sent to Azure Monitor. */
  readonly azure: AzureThread | undefined
}

/**
 * Creates the SDK from the standard `OTEL_*` variables, without starting it, and the reader for
 * `/metrics`. Throws if a variable cannot be applied, such as an endpoint that is not a URL.
 */
export async function createNodeSdk(): Promise<CreatedSdk> {
  const process = describeProcess()
  const connection = readAzureConnection()
  // Loaded only if it is configured.
  const azure =
    connection && (await import('../azure/azure-thread.ts')).startAzureThread(connection, publicAttributesOf(process.resource))
  const prometheus = new PublicPrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const configuration: Partial<NodeSDKConfiguration> = {
    ...process,
    ...createSpanPipeline(azure),
    metricReaders: [prometheus, ...createPushReaders(azure)],
    views: createViews(),
    // The collector reads the log files.
    logRecordProcessors: [],
    instrumentations: await createInstrumentations(),
  }
  // The SDK then installs its own logger and would warn about the present one.
  if (getStringFromEnv('OTEL_LOG_LEVEL') !== undefined) diag.disable()
  return { sdk: new NodeSDK(configuration), prometheus, azure }
}
