import { context } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core'

/**
 * Signals that the process exports. Log lines are exported to Azure Monitor only: the collector
 * reads their files.
 */
export type ExportedSignal = 'traces' | 'metrics' | 'logs' | 'errors'

/**
 * State of the export of one signal to one destination. An item is a span, a log line, an error, or
 * one collection of all metrics. Times are those of `performance.now()`.
 */
export interface ExportState {
  readonly signal: ExportedSignal
  /** Address, without credentials. */
  readonly destination: string
  /** Whether the environment names the destination; false for the default address. */
  readonly isConfigured: boolean
  /** Items waiting for the next batch, without those in flight. */
  readonly waiting: number
  readonly exported: number
  /** Items rejected because the queue was full, of failed attempts, and passed to `drop`. */
  readonly dropped: number
  readonly failures: number
  /** Why the last attempt failed; undefined if it succeeded. */
  readonly failure: string | undefined
  /**
   * When items began to wait or were dropped without any export since; undefined if all were
   * exported.
   */
  readonly stalledSinceMs: number | undefined
}

/** Keeps an `ExportState` up to date. */
export interface ExportTracker {
  readonly state: ExportState
  /**
   * Admits an item to the queue and returns true. If `maxWaiting` items wait already, counts it as
   * dropped and returns false.
   */
  admit(maxWaiting: number): boolean
  /** Counts an admitted item as dropped. This is not a failure of the destination. */
  drop(): void
  /**
   * Runs an attempt to export a number of items and records its result, which `onResult` receives
   * too. An attempt that throws, or has no result within the timeout, has failed; later results are
   * ignored.
   */
  attempt(items: number, send: Send, onResult?: Done): void
}

export interface TrackingOptions {
  /** Whether the environment names the destination. */
  readonly isConfigured: boolean
  /** Maximum duration of an attempt, in milliseconds. */
  readonly timeoutMs: number
  /** Sends an empty batch, to check whether the destination answers. */
  readonly sendNothing?: Send
}

type Done = (result: ExportResult) => void
type Send = (done: Done) => void

interface BatchExporter<Batch> {
  export(batch: Batch, done: Done): void
}

interface Tracked {
  readonly tracker: ExportTracker
  readonly sendNothing: Send | undefined
}

const trackers: Tracked[] = []
/** Reads the states of exports by other threads. */
const otherStates: (() => ExportState)[] = []

/** Returns the state of all exports of this process, or of one signal. */
export function exportStates(signal?: ExportedSignal): readonly ExportState[] {
  const states = [...trackers.map(({ tracker }) => tracker.state), ...otherStates.map(read => read())]
  return states.filter(state => signal === undefined || state.signal === signal)
}

/** Adds the state of an export by another thread, for `exportStates`. */
export function addExportState(read: () => ExportState): void {
  otherStates.push(read)
}

/**
 * Sends an empty batch to each destination whose last attempt failed and for which nothing waits.
 * Without requests, nothing else would notice that a collector is back. A successful probe clears
 * the failure; probes are not counted.
 */
export function probeFailedExports(): void {
  for (const { tracker, sendNothing } of trackers) {
    const { failure, waiting } = tracker.state
    if (failure === undefined || waiting > 0 || sendNothing === undefined) continue
    context.with(suppressTracing(context.active()), () => tracker.attempt(0, sendNothing))
  }
}

/** Wraps an exporter to record its attempts in a tracker. */
export function tracked<Batch, Exporter extends BatchExporter<Batch>>(
  exporter: Exporter & BatchExporter<Batch>,
  tracker: ExportTracker,
  countItems: (batch: Batch) => number,
): Exporter {
  const send = (batch: Batch, done: Done) =>
    tracker.attempt(countItems(batch), onResult => exporter.export(batch, onResult), done)
  return new Proxy(exporter, {
    get(target, name) {
      if (name === 'export') return send
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Starts tracking the export of a signal to a destination, for `exportStates`. */
export function trackExports(
  signal: ExportedSignal,
  destination: string,
  { isConfigured, timeoutMs, sendNothing }: TrackingOptions,
): ExportTracker {
  let waiting = 0
  let inFlight = 0
  let attempts = 0
  let exported = 0
  let dropped = 0
  let failures = 0
  let failure: string | undefined
  let stalledSinceMs: number | undefined

  function recordResult(items: number, { code, error }: ExportResult): void {
    attempts--
    inFlight -= items
    if (code === ExportResultCode.SUCCESS) {
      failure = undefined
      exported += items
      stalledSinceMs = waiting + inFlight > 0 ? performance.now() : undefined
    } else {
      failure = reasonOf(error)
      dropped += items
      if (items > 0) failures++
    }
  }

  const tracker: ExportTracker = {
    get state() {
      return { signal, destination, isConfigured, waiting, exported, dropped, failures, failure, stalledSinceMs }
    },
    admit(maxWaiting) {
      if (waiting >= maxWaiting) {
        dropped++
        return false
      }
      waiting++
      stalledSinceMs ??= performance.now()
      return true
    },
    drop() {
      waiting--
      dropped++
      if (failure === undefined && waiting + inFlight === 0) stalledSinceMs = undefined
    },
    attempt(items, send, onResult) {
      // Skips a probe while another attempt is in flight.
      if (items === 0 && attempts > 0) return
      attempts++
      waiting = Math.max(0, waiting - items)
      inFlight += items
      if (items > 0) stalledSinceMs ??= performance.now()
      let isOver = false
      const done = (result: ExportResult) => {
        if (isOver) return
        isOver = true
        clearTimeout(timer)
        recordResult(items, result)
        onResult?.(result)
      }
      const fail = (error: Error) => done({ code: ExportResultCode.FAILED, error })
      const timer = setTimeout(() => fail(new Error('no answer within the timeout')), timeoutMs)
      timer.unref()
      try {
        send(done)
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    },
  }
  trackers.push({ tracker, sendNothing })
  return tracker
}

/** The result of an attempt: why it failed, or undefined if it did not. */
export function toExportResult(failure: string | undefined): ExportResult {
  return failure === undefined ? { code: ExportResultCode.SUCCESS } : { code: ExportResultCode.FAILED, error: new Error(failure) }
}

/** If several addresses failed, the error has no message of its own; uses the first cause. */
function reasonOf(error: (Error & { readonly errors?: unknown; readonly code?: unknown }) | undefined): string {
  if (error === undefined) return 'no reason given'
  const [first] = Array.isArray(error.errors) ? error.errors : []
  const message = error.message || (first instanceof Error ? first.message : '') || error.name
  return typeof error.code === 'number' ? `${error.code} ${message}` : message
}
