import { context } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode, suppressTracing } from '@opentelemetry/core'

/** What is sent to somewhere else. Lines of the log are not: the collector reads their files. */
export type ExportedSignal = 'traces' | 'metrics'

/** How the sending of a signal to one place fares. Items are spans, or collections of all metrics; times are those of `performance.now()`. */
export interface ExportState {
  readonly signal: ExportedSignal
  /** Address, without credentials. */
  readonly destination: string
  /** Whether the environment names the destination; false for the default address. */
  readonly isConfigured: boolean
  /** Items that wait for the next batch; those under way are none of them. */
  readonly waiting: number
  readonly exported: number
  /** Items that were refused because too many waited, and those of failed attempts. */
  readonly dropped: number
  readonly failures: number
  /** Why the last attempt failed; undefined if it did not. */
  readonly failure: string | undefined
  /** Since when there is something to send, or was lost, and nothing has left; undefined while all that there was has left. */
  readonly stalledSinceMs: number | undefined
}

/** Keeps an `ExportState` as it is told of what happens. */
export interface ExportTracker {
  readonly state: ExportState
  /** Says whether an item may wait, which it does from now on; where as many wait as may it is lost. */
  admit(maxWaiting: number): boolean
  /**
   * Runs an attempt to send so many items, those that wait first, and learns from its result how it went, which is told on. One that
   * has no result in time has failed, whatever comes of it later, and so has one that throws.
   */
  attempt(items: number, send: Send, tell?: Done): void
}

export interface TrackingOptions {
  /** Whether the environment names the destination. */
  readonly isConfigured: boolean
  /** Milliseconds that an attempt may take. */
  readonly timeoutMs: number
  /** Sends a batch without items, to find out whether the way is free. */
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

/** How everything fares that is sent from this process, or that is of one signal. */
export function exportStates(signal?: ExportedSignal): readonly ExportState[] {
  return trackers.map(({ tracker }) => tracker.state).filter(state => signal === undefined || state.signal === signal)
}

/**
 * Sends a batch of nothing wherever the last attempt failed and nothing waits: where nobody asks for anything any more, nothing else would find
 * out that the way is free again. Such an attempt counts as none, but clears the failure.
 */
export function probeFailedExports(): void {
  for (const { tracker, sendNothing } of trackers) {
    const { failure, waiting } = tracker.state
    if (failure === undefined || waiting > 0 || sendNothing === undefined) continue
    context.with(suppressTracing(context.active()), () => tracker.attempt(0, sendNothing))
  }
}

/** The same exporter, with the state of what it sends known to a tracker. */
export function tracked<Batch, Exporter extends BatchExporter<Batch>>(
  exporter: Exporter & BatchExporter<Batch>,
  tracker: ExportTracker,
  countItems: (batch: Batch) => number,
): Exporter {
  const send = (batch: Batch, done: Done) => tracker.attempt(countItems(batch), learn => exporter.export(batch, learn), done)
  return new Proxy(exporter, {
    get(target, name) {
      if (name === 'export') return send
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Begins to keep the state of what is sent to one place, for `exportStates`. */
export function trackExports(
  signal: ExportedSignal,
  destination: string,
  { isConfigured, timeoutMs, sendNothing }: TrackingOptions,
): ExportTracker {
  let waiting = 0
  let underWay = 0
  let attempts = 0
  let exported = 0
  let dropped = 0
  let failures = 0
  let failure: string | undefined
  let stalledSinceMs: number | undefined

  function learn(items: number, { code, error }: ExportResult): void {
    attempts--
    underWay -= items
    if (code === ExportResultCode.SUCCESS) {
      failure = undefined
      exported += items
      stalledSinceMs = waiting + underWay > 0 ? performance.now() : undefined
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
    attempt(items, send, tell) {
      // A probe is not sent after another, or after spans, that may still bring the news.
      if (items === 0 && attempts > 0) return
      attempts++
      waiting = Math.max(0, waiting - items)
      underWay += items
      if (items > 0) stalledSinceMs ??= performance.now()
      let isOver = false
      const done = (result: ExportResult) => {
        if (isOver) return
        isOver = true
        clearTimeout(timer)
        learn(items, result)
        tell?.(result)
      }
      const fail = (error: Error) => done({ code: ExportResultCode.FAILED, error })
      const timer = setTimeout(() => fail(new Error('no answer in time')), timeoutMs)
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

/** Several addresses that were all tried make an error without a message of its own. */
function reasonOf(error: (Error & { readonly errors?: unknown; readonly code?: unknown }) | undefined): string {
  if (error === undefined) return 'no reason given'
  const [first] = Array.isArray(error.errors) ? error.errors : []
  const message = error.message || (first instanceof Error ? first.message : '') || error.name
  return typeof error.code === 'number' ? `${error.code} ${message}` : message
}
