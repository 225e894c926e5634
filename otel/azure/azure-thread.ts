import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { Attributes } from '@opentelemetry/api'
import type { ExportResult } from '@opentelemetry/core'
import { startThread } from '../../src/threads/start-thread.ts'
import { addExportState, toExportResult } from '../export-state.ts'
import type { AzureConnection } from './connection.ts'
import type { AzureBatch, AzureWorkerOptions, FromAzureWorker, LineState, ToAzureWorker } from './messages.ts'

type Done = (result: ExportResult) => void

/** The thread that sends telemetry to Azure Monitor. */
export interface AzureThread {
  /** Address of the ingestion endpoint, for logs. */
  readonly destination: string
  /** Passes a batch of `items` spans or metrics to the thread. */
  send(batch: AzureBatch, items: number, done: Done): void
  /**
   * Returns a port that takes texts of whole redacted log lines. `onRenewal` is called when it no
   * longer works.
   */
  connectLines(onRenewal: () => void): MessagePort
  /**
   * Sends the last log lines and ends the thread, after at most `timeoutMs`. Reports on stderr what
   * was not sent.
   */
  stop(timeoutMs: number): Promise<void>
}

/** A thread that ends, by a defect or because its memory is full, is not started at once again. */
const RESTART_DELAY_MS = 60_000
/** Batches of one outage fit in it several times. */
const MAX_HEAP_MB = 192
const NO_LINES: LineState = {
  waiting: 0,
  unsent: 0,
  exported: 0,
  dropped: 0,
  failures: 0,
  failure: undefined,
  stalledSinceMs: undefined,
}

/**
 * Starts the thread. Nothing that happens in it harms the process; its state is an export state.
 */
export function startAzureThread({ connectionString, destination }: AzureConnection, attributes: Attributes): AzureThread {
  const pending = new Map<number, { readonly items: number; readonly done: Done }>()
  let nextId = 0
  /** State of the lines in the present thread, and what threads before it have counted. */
  let lines = NO_LINES
  let before = { exported: 0, dropped: 0, failures: 0 }
  /** Why there is no thread. */
  let ended: string | undefined
  let renewLines: (() => void) | undefined
  let isStopping = false
  /** Spans and metrics that were refused since the stop began. */
  let refused = 0
  const stopped = Promise.withResolvers<void>()
  let worker: Worker | undefined = start()
  addExportState(lineState)

  function start(): Worker {
    ended = undefined
    const workerData: AzureWorkerOptions = { connectionString, destination, attributes }
    const limits = { maxOldGenerationSizeMb: MAX_HEAP_MB }
    const started = startThread('./azure-worker', import.meta, { name: 'azure-monitor', workerData, limits })
    started.unref()
    started.on('message', receive)
    started.once('error', error => (ended = error instanceof Error ? error.message : String(error)))
    started.once('exit', end)
    return started
  }

  function receive(message: FromAzureWorker): void {
    if (message.kind === 'line_state') lines = message.state
    else if (message.kind === 'stopped') stopped.resolve()
    else {
      const { items = 0, done } = pending.get(message.id) ?? {}
      if (isStopping && message.failure !== undefined) refused += items
      done?.(toExportResult(message.failure))
      pending.delete(message.id)
    }
  }

  function end(): void {
    worker = undefined
    stopped.resolve()
    if (isStopping) return
    ended = `the thread of Azure Monitor ended: ${ended ?? 'no reason given'}`
    const { exported, dropped, unsent, failures } = lines
    before = {
      exported: before.exported + exported,
      dropped: before.dropped + dropped + unsent,
      failures: before.failures + failures + 1,
    }
    lines = NO_LINES
    for (const { done } of pending.values()) done(toExportResult(ended))
    pending.clear()
    renewLines?.()
    setTimeout(() => {
      worker = start()
      renewLines?.()
    }, RESTART_DELAY_MS).unref()
  }

  function lineState() {
    const { waiting, exported, dropped, failures, failure, stalledSinceMs } = lines
    return {
      signal: 'logs' as const,
      destination,
      isConfigured: true,
      waiting,
      exported: before.exported + exported,
      dropped: before.dropped + dropped,
      failures: before.failures + failures,
      failure: ended ?? failure,
      stalledSinceMs: stalledSinceMs === undefined ? undefined : stalledSinceMs - performance.timeOrigin,
    }
  }

  function post(message: ToAzureWorker, transferred: readonly MessagePort[] = []): void {
    worker?.postMessage(message, transferred)
  }

  /** Counts the lines that arrive while there is no thread. */
  function countLost(port: MessagePort): void {
    port.on('message', (text: string) => {
      before = { ...before, dropped: before.dropped + text.split('\n').filter(line => line !== '').length }
    })
    port.unref()
  }

  return {
    destination,
    send(batch, items, done) {
      if (worker === undefined) return done(toExportResult(ended ?? 'stopped'))
      const id = nextId++
      pending.set(id, { items, done })
      post({ ...batch, id })
    },
    connectLines(onRenewal) {
      renewLines = onRenewal
      const { port1, port2 } = new MessageChannel()
      if (worker === undefined) countLost(port2)
      else post({ kind: 'lines', port: port2 }, [port2])
      return port1
    },
    async stop(timeoutMs) {
      isStopping = true
      if (worker === undefined) return
      post({ kind: 'stop' })
      const timer = setTimeout(stopped.resolve, timeoutMs)
      await stopped.promise
      clearTimeout(timer)
      const unsent = [...pending.values()].reduce((sum, { items }) => sum + items, lines.unsent + refused)
      if (unsent > 0)
        process.stderr.write(`Azure Monitor at ${destination} did not take ${unsent} items of telemetry before the stop.\n`)
      await worker?.terminate()
    },
  }
}
