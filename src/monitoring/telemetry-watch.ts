/** How a signal's way out fares at a moment. Times are of a clock in milliseconds that never goes back. */
export interface SignalState {
  readonly signal: 'traces' | 'metrics' | 'logs'
  /** Where it goes to. */
  readonly destination: string
  /** Items that have left since the start. */
  readonly exported: number
  /** Items lost since the start. */
  readonly dropped: number
  /** Why the last attempt to send failed; undefined if it did not. */
  readonly failure: string | undefined
  /** Since when there is something to send and nothing has left; undefined while all that there was has left. */
  readonly stalledSinceMs: number | undefined
}

/** Why a signal counts as stopped. */
export type StopReason = 'failed' | 'dropped' | 'stalled'

/** A time in which a signal did not leave as it should. */
export interface Episode {
  readonly reason: StopReason
  readonly sinceMs: number
  /** Items that were lost before it. */
  readonly droppedBefore: number
  /** Since when all is well again, which may not last; undefined while it is not. */
  readonly calmSinceMs: number | undefined
}

/** What is remembered of a signal from one look to the next. */
export interface WatchedSignal {
  readonly dropped: number
  readonly episode: Episode | undefined
}

/** What is to be told after a look. */
export type Turnabout =
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly dropped: number; readonly stoppedMs: number }
  | { readonly kind: 'flowing'; readonly dropped: number; readonly stoppedMs: number }

export interface WatchLimits {
  /** How long something may wait before its signal counts as stopped. */
  readonly stallLimitMs: number
  /** How long all has to be well before an episode is over: a way that is free every other time is one trouble, not many. */
  readonly calmMs: number
}

/** A signal of which nothing is known yet. */
export const UNWATCHED: WatchedSignal = { dropped: 0, episode: undefined }

/**
 * Looks at a signal once more. It has stopped when the last attempt failed, when items were lost since the last look, or when something waits
 * for too long; an episode is told when it begins, and when it is over.
 */
export function watchSignal(
  before: WatchedSignal,
  state: SignalState,
  nowMs: number,
  { stallLimitMs, calmMs }: WatchLimits,
): { readonly watched: WatchedSignal; readonly turnabout: Turnabout | undefined } {
  const { dropped, stalledSinceMs } = state
  const reason = findReason(before, state, nowMs, stallLimitMs)
  const { episode } = before
  if (episode === undefined) {
    if (reason === undefined) return { watched: { dropped, episode }, turnabout: undefined }
    const sinceMs = stalledSinceMs ?? nowMs
    const began: Episode = { reason, sinceMs, droppedBefore: before.dropped, calmSinceMs: undefined }
    const turnabout: Turnabout = {
      kind: 'stopped',
      reason,
      dropped: dropped - before.dropped,
      stoppedMs: nowMs - sinceMs,
    }
    return { watched: { dropped, episode: began }, turnabout }
  }
  const calmSinceMs = reason === undefined ? (episode.calmSinceMs ?? nowMs) : undefined
  if (calmSinceMs === undefined || nowMs - calmSinceMs < calmMs) {
    return { watched: { dropped, episode: { ...episode, reason: reason ?? episode.reason, calmSinceMs } }, turnabout: undefined }
  }
  const turnabout: Turnabout = {
    kind: 'flowing',
    dropped: dropped - episode.droppedBefore,
    stoppedMs: calmSinceMs - episode.sinceMs,
  }
  return { watched: { dropped, episode: undefined }, turnabout }
}

function findReason(
  before: WatchedSignal,
  { dropped, failure, stalledSinceMs }: SignalState,
  nowMs: number,
  stallLimitMs: number,
): StopReason | undefined {
  if (failure !== undefined) return 'failed'
  if (dropped > before.dropped) return 'dropped'
  return stalledSinceMs !== undefined && nowMs - stalledSinceMs > stallLimitMs ? 'stalled' : undefined
}

/** Says in a few words how a signal fares. */
export function describeSignal(
  { signal, destination, exported, failure }: SignalState,
  { dropped, episode }: WatchedSignal,
  nowMs: number,
): string {
  if (episode === undefined)
    return exported > 0 ? `${signal} leave for ${destination}` : `${signal}: nothing has left yet for ${destination}`
  const { reason, sinceMs, droppedBefore } = episode
  const why = { failed: failure ?? 'the last attempt failed', dropped: 'more than can be sent', stalled: 'no answer' }[reason]
  const stoppedS = Math.round((nowMs - sinceMs) / 1000)
  return `${signal} have not left for ${destination} as they should for ${stoppedS} s: ${why}; ${dropped - droppedBefore} lost`
}
