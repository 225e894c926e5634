import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MessagePort } from 'node:worker_threads'
import { diag } from '@opentelemetry/api'
import { getBooleanFromEnv } from '@opentelemetry/core'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type { NodeSDK } from '@opentelemetry/sdk-node'
import type { AzureThread } from './azure/azure-thread.ts'
import { addDiagnostic, collectDiagnostics } from './diagnostics.ts'
import { announceCounters } from './metrics/instruments.ts'
import { observeProcess } from './metrics/process-metrics.ts'
import { observeAll } from './recording.ts'
import type { MetricsSnapshot } from './sdk/metrics-snapshot.ts'
import { collectPeriodically } from './sdk/reader-upkeep.ts'

const READ_INTERVAL_MS = 60_000

interface Telemetry {
  readonly sdk: NodeSDK
  readonly prometheus: PrometheusExporter
  readonly takeSnapshot: () => Promise<MetricsSnapshot>
  readonly stopObserving: () => void
}

let telemetry: Telemetry | undefined
/** Ends after the rest of telemetry: it sends the last log lines. */
let azure: AzureThread | undefined

/**
 * Starts tracing and metrics from the standard `OTEL_*` variables, before other modules load. If
 * that fails, the server runs without telemetry and reports the error to stderr and the log. With
 * `OTEL_SDK_DISABLED=true` no SDK module is loaded. Telemetry cannot be restarted in the same
 * process.
 */
export async function startTelemetry(): Promise<void> {
  if (telemetry !== undefined) return
  collectDiagnostics()
  if (getBooleanFromEnv('OTEL_SDK_DISABLED')) return
  try {
    const [{ createNodeSdk }, { createSnapshots }] = await Promise.all([
      import('./sdk/node-sdk.ts'),
      import('./sdk/metrics-snapshot.ts'),
    ])
    const created = await createNodeSdk()
    const { sdk, prometheus } = created
    azure = created.azure
    collectDiagnostics()
    sdk.start()
    telemetry = {
      sdk,
      prometheus,
      takeSnapshot: createSnapshots(prometheus),
      stopObserving: observeAll([observeProcess(), collectPeriodically(prometheus, READ_INTERVAL_MS)]),
    }
    announceCounters()
  } catch (error) {
    addDiagnostic('Telemetry could not be started:', error)
    process.stderr.write(
      `Telemetry could not be started; the server runs without it: ${error instanceof Error ? error.message : error}\n`,
    )
  }
}

/**
 * Flushes and stops telemetry. Resolves after at most `timeoutMs` and never rejects. Unsent items
 * are then lost, and timers of the SDK may keep the process alive.
 */
export async function stopTelemetry(timeoutMs: number): Promise<void> {
  if (telemetry === undefined) return
  const { sdk, stopObserving } = telemetry
  telemetry = undefined
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([sdk.shutdown().catch(error => diag.error('Telemetry could not be flushed', error)), timeout])
  clearTimeout(timer)
  stopObserving()
}

/**
 * Returns what connects the log with Azure Monitor: a function that returns a port for texts of
 * whole redacted lines, and calls back when it no longer works. Undefined if lines are not sent
 * there.
 */
export function lineReader(): ((onRenewal: () => void) => MessagePort) | undefined {
  return azure?.connectLines
}

/**
 * Sends the last log lines to Azure Monitor, for at most `timeoutMs`. To be called when the log is
 * closed.
 */
export async function stopLineReader(timeoutMs: number): Promise<void> {
  await azure?.stop(timeoutMs)
  azure = undefined
}

/**
 * Returns the handler that writes `/metrics` replies in the Prometheus text format; undefined if
 * telemetry is off.
 */
export function metricsHandler(): ((request: IncomingMessage, reply: ServerResponse) => void) | undefined {
  const prometheus = telemetry?.prometheus
  return prometheus && ((request, reply) => prometheus.getMetricsRequestHandler(request, reply))
}

/** Reads the values of all metrics; undefined if telemetry is off. */
export async function takeMetricsSnapshot(): Promise<MetricsSnapshot | undefined> {
  return telemetry?.takeSnapshot()
}
