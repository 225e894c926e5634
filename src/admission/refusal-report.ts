import type { RefusalReason } from './admission.ts'

export type RefusalCounts = Readonly<Record<RefusalReason, number>>

/** A line for each of thousands of refusals a second would add to the load. */
const INTERVAL_MS = 1000

export interface RefusalReportOptions {
  /** Called with the refusals since the last call, at most once a second. */
  readonly report: (counts: RefusalCounts) => void
  /** Calls `run` after a delay. Default: `setTimeout` with `unref`. */
  readonly setTimer?: (run: () => void, afterMs: number) => void
}

/** Creates a function that counts a refusal, and reports the counts a second after the first. */
export function createRefusalReport({
  report,
  setTimer = setBackgroundTimer,
}: RefusalReportOptions): (reason: RefusalReason) => void {
  let counts: Record<RefusalReason, number> | undefined

  function flush(): void {
    if (counts !== undefined) report(counts)
    counts = undefined
  }

  return reason => {
    if (counts === undefined) {
      counts = { limit: 0, share: 0 }
      setTimer(flush, INTERVAL_MS)
    }
    counts[reason]++
  }
}

function setBackgroundTimer(run: () => void, afterMs: number): void {
  setTimeout(run, afterMs).unref()
}
