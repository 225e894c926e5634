import type { Log } from '../../logging/log.ts'

export interface WriteStall {
  /** Whether the oldest write has waited for more than 10 s: the thread hangs. */
  readonly isStalled: boolean
  /** Logs that writes stall, and that they no longer do. Call it about once a second. */
  watch(): void
}

interface WriteStallOptions {
  readonly log: Log
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** When the oldest write that waits arrived; undefined if none waits. */
  readonly waitingSince: () => number | undefined
}

/** Twice the time for which the thread waits for another process that writes. */
const STALL_MS = 10_000

/** Creates the check of a write queue. A thread that hangs reports nothing by itself. */
export function createWriteStall({ log, now, waitingSince }: WriteStallOptions): WriteStall {
  let wasStalled = false
  const isStalled = () => now() - (waitingSince() ?? now()) > STALL_MS
  return {
    get isStalled() {
      return isStalled()
    },
    watch() {
      if (isStalled() === wasStalled) return
      wasStalled = !wasStalled
      if (wasStalled) log.error({ function: 'watch', limit_ms: STALL_MS }, 'Database writer stalled')
      else log.warn({ function: 'watch' }, 'Database writer continues')
    },
  }
}
