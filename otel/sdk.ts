import type { IncomingMessage, ServerResponse } from 'node:http'
import { diag } from '@opentelemetry/api'
import { getBooleanFromEnv } from '@opentelemetry/core'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type { NodeSDK } from '@opentelemetry/sdk-node'
import { addDiagnostic, collectDiagnostics } from './diagnostics.ts'
import { announceCounters } from './metrics/instruments.ts'
import { observeProcess } from './metrics/process-metrics.ts'
import { observeAll } from './recording.ts'
import { keepRead } from './sdk/reader-upkeep.ts'

const READ_INTERVAL_MS = 60_000

interface Telemetry {
  readonly sdk: NodeSDK
  readonly prometheus: PrometheusExporter
  readonly stopObserving: () => void
}

let telemetry: Telemetry | undefined

/**
 * Starts tracing and metrics as the standard `OTEL_*` variables ask for, before anything else is loaded. Where they ask for what cannot be had
 * the service runs without telemetry, which is said on standard error and kept for the log, as is what it puts up with; where `OTEL_SDK_DISABLED` is true it does so silently,
 * and loads nothing of it. Once in a process: what was stopped does not start again.
 */
export async function startTelemetry(): Promise<void> {
  if (telemetry !== undefined) return
  collectDiagnostics()
  if (getBooleanFromEnv('OTEL_SDK_DISABLED')) return
  try {
    const { createNodeSdk } = await import('./sdk/node-sdk.ts')
    const { sdk, prometheus } = createNodeSdk()
    collectDiagnostics()
    sdk.start()
    telemetry = { sdk, prometheus, stopObserving: observeAll([observeProcess(), keepRead(prometheus, READ_INTERVAL_MS)]) }
    announceCounters()
  } catch (error) {
    addDiagnostic('Telemetry could not be started:', error)
    process.stderr.write(
      `Telemetry could not be started, and the service runs without: ${error instanceof Error ? error.message : error}\n`,
    )
  }
}

/**
 * Sends what has been gathered and ends telemetry. Resolves after `timeoutMs` at the latest, whatever state the collector is in, and never
 * rejects; what could not be sent by then is lost, and its timers may still hold the process until it is told to exit.
 */
export async function stopTelemetry(timeoutMs: number): Promise<void> {
  if (telemetry === undefined) return
  const { sdk, stopObserving } = telemetry
  telemetry = undefined
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([sdk.shutdown().catch(error => diag.error('telemetry was not sent', error)), timeout])
  clearTimeout(timer)
  stopObserving()
}

/** What answers a request for `/metrics` in Prometheus' text format, writing the reply itself; undefined while telemetry is off. */
export function metricsHandler(): ((request: IncomingMessage, reply: ServerResponse) => void) | undefined {
  const prometheus = telemetry?.prometheus
  return prometheus && ((request, reply) => prometheus.getMetricsRequestHandler(request, reply))
}
