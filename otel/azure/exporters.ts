import { AsyncLocalStorage } from 'node:async_hooks'
import type { AzureMonitorExporterOptions } from '@azure/monitor-opentelemetry-exporter'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { AZURE_PACKAGE } from './connection.ts'
import { createOutcomePolicy, type Outcome } from './outcome-policy.ts'

/**
 * Azure's exporters in this thread. Each function returns why it failed; undefined if it did not.
 */
export interface AzureExporters {
  readonly sendSpans: (spans: readonly unknown[]) => Promise<string | undefined>
  readonly sendMetrics: (metrics: unknown) => Promise<string | undefined>
  readonly sendLines: (lines: readonly unknown[]) => Promise<string | undefined>
  /** Result of the last request. */
  readonly lastFailure: () => string | undefined
}

/** An exporter of Azure. Its types are those of the OpenTelemetry packages that it brings. */
interface Exporter {
  export(items: unknown, done: (result: ExportResult) => void): Promise<void>
}

interface PollingModule {
  readonly ConfigurationManager: { getInstance(): { shutdown(): void } }
}

/** With the time limit of a request, three attempts end before the 30 s of an export. */
const RETRIES = { maxRetries: 2, retryDelayInMs: 1000, maxRetryDelayInMs: 2000 } as const

/**
 * Loads Azure's exporters. They store nothing on disk, retry twice, and report nothing about
 * themselves to Microsoft: their statistics are off by a variable, and the poll of remote settings
 * is stopped here.
 */
export async function loadAzureExporters(connectionString: string): Promise<AzureExporters> {
  const azure = await import('@azure/monitor-opentelemetry-exporter')
  const stopPolling = await findPolling()
  const outcomes = new AsyncLocalStorage<Outcome>()
  const requests = createOutcomePolicy(() => outcomes.getStore())
  const options: AzureMonitorExporterOptions = {
    connectionString,
    disableOfflineStorage: true,
    retryOptions: RETRIES,
    additionalPolicies: [{ policy: requests.policy, position: 'perRetry' }],
  }
  const spans = new azure.AzureMonitorTraceExporter(options) as Exporter
  const metrics = new azure.AzureMonitorMetricExporter(options) as Exporter
  const lines = new azure.AzureMonitorLogExporter(options) as Exporter
  stopPolling()

  /** Exports items, unless Azure has asked to wait. */
  async function send(exporter: Exporter, items: unknown): Promise<string | undefined> {
    const paused = requests.pause()
    if (paused !== undefined) return paused
    const outcome: Outcome = { failure: undefined }
    const { promise, resolve } = Promise.withResolvers<ExportResult>()
    await outcomes.run(outcome, () => exporter.export(items, resolve))
    const { code, error } = await promise
    // The exporter calls some failures a success, and some of its errors name no cause.
    return outcome.failure ?? (code === ExportResultCode.SUCCESS ? undefined : (error?.message ?? 'no reason given'))
  }

  const report = (sending: Promise<string | undefined>) =>
    sending.catch(error => (error instanceof Error ? error.message : String(error)))
  return {
    sendSpans: items => report(send(spans, items)),
    sendMetrics: items => report(send(metrics, items)),
    sendLines: items => report(send(lines, items)),
    lastFailure: () => requests.pause() ?? requests.lastFailure(),
  }
}

/**
 * Returns what stops the poll of remote settings, which begins with the first exporter. The package
 * has no option for it and does not export this class; its version is pinned.
 */
async function findPolling(): Promise<() => void> {
  const file = new URL('_configuration/configurationManager.js', import.meta.resolve(AZURE_PACKAGE))
  const { ConfigurationManager } = (await import(file.href)) as PollingModule
  return () => ConfigurationManager.getInstance().shutdown()
}
