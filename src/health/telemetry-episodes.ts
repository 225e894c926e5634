/** State of one signal's export to one destination. Times are milliseconds of a monotonic clock. */
export interface SignalState {
  readonly signal: 'traces' | 'metrics' | 'logs' | 'errors'
  readonly destination: string
  /**
   * Whether the operator named the destination. False: it is the default, where no collector may
   * run.
   */
  readonly isConfigured: boolean
  /** Items exported since the start. */
  readonly exported: number
  /** Items dropped since the start. */
  readonly dropped: number
  /** Why the last attempt failed; undefined if it succeeded. */
  readonly failure: string | undefined
  /** When items began to wait without any export; undefined if nothing waits. */
  readonly stalledSinceMs: number | undefined
}

export type FailureReason = 'failed' | 'dropped' | 'stalled'

/** A period in which the export of a signal fails. */
export interface Episode {
  readonly reason: FailureReason
  readonly sinceMs: number
  /** Items dropped before the episode. */
  readonly droppedBefore: number
  /** When the export began to work again; undefined while it fails. */
  readonly calmSinceMs: number | undefined
  /** Whether the export should work: its destination is configured or has answered before. */
  readonly isExpected: boolean
}

export interface WatchedSignal {
  readonly dropped: number
  readonly episode: Episode | undefined
}

/** What the watch remembers from one check to the next. */
export interface TelemetryEpisodes {
  readonly signals: ReadonlyMap<string, WatchedSignal>
  /** Destinations that have accepted an export. */
  readonly reached: ReadonlySet<string>
  /** Default destinations that were reported to have no collector. */
  readonly absent: ReadonlySet<string>
}

/**
 * A change to log. `no_collector` and `started` concern a default destination that has never
 * answered before.
 */
export type SignalEvent =
  | { readonly kind: 'no_collector' }
  | { readonly kind: 'failing'; readonly reason: FailureReason; readonly dropped: number; readonly durationMs: number }
  | { readonly kind: 'started' | 'resumed'; readonly dropped: number; readonly durationMs: number }

export interface SignalReport {
  readonly state: SignalState
  readonly event: SignalEvent
}

export interface WatchLimits {
  /** How long items may wait before their signal counts as stalled. */
  readonly stallLimitMs: number
  /** How long an export must work before its episode ends. A flapping collector is one episode. */
  readonly calmMs: number
}

export const UNWATCHED: TelemetryEpisodes = { signals: new Map(), reached: new Set(), absent: new Set() }

const UNWATCHED_SIGNAL: WatchedSignal = { dropped: 0, episode: undefined }

/**
 * Checks every signal and returns what to log. An export fails if its last attempt failed, if items
 * were dropped since the last check, or if items wait too long. Each episode is reported when it
 * begins and when it ends. A missing collector at a default destination is reported once for all
 * signals.
 */
export function watchTelemetry(
  before: TelemetryEpisodes,
  states: readonly SignalState[],
  nowMs: number,
  limits: WatchLimits,
): { readonly watch: TelemetryEpisodes; readonly reports: readonly SignalReport[] } {
  const signals = new Map<string, WatchedSignal>()
  const reached = new Set([
    ...before.reached,
    ...states.filter(({ exported }) => exported > 0).map(({ destination }) => destination),
  ])
  const absent = new Set(before.absent)
  const reports = states.flatMap((state): SignalReport[] => {
    const { destination, isConfigured } = state
    const isExpected = isConfigured || reached.has(destination)
    const { watched, event } = watchSignal(watchedSignal(before, state), state, isExpected, nowMs, limits)
    signals.set(keyOf(state), watched)
    if (event === undefined || (event.kind === 'no_collector' && absent.has(destination))) return []
    if (event.kind === 'no_collector') absent.add(destination)
    if (event.kind === 'started') reached.add(destination)
    return [{ state, event }]
  })
  return { watch: { signals, reached, absent }, reports }
}

/** Whether no export that should work fails. */
export function isHealthy({ signals }: TelemetryEpisodes): boolean {
  return ![...signals.values()].some(({ episode }) => episode?.isExpected)
}

/** Describes a signal in one phrase, for the health report. */
export function describeSignal(watch: TelemetryEpisodes, state: SignalState, nowMs: number): string {
  const { signal, destination, exported, dropped, failure } = state
  const { episode } = watchedSignal(watch, state)
  if (episode === undefined)
    return exported > 0 ? `${signal}: exported to ${destination}` : `${signal}: none yet for ${destination}`
  const { reason, sinceMs, droppedBefore, isExpected } = episode
  const losses = `${dropped - droppedBefore} dropped`
  if (!isExpected) return `${signal}: not exported, no collector at ${destination}; ${losses}`
  const why = {
    failed: failure ?? 'the last attempt failed',
    dropped: signal === 'errors' ? 'too many' : 'queue full',
    stalled: 'no answer',
  }[reason]
  return `${signal}: export to ${destination} failing for ${Math.round((nowMs - sinceMs) / 1000)} s (${why}); ${losses}`
}

function watchSignal(
  before: WatchedSignal,
  state: SignalState,
  isExpected: boolean,
  nowMs: number,
  { stallLimitMs, calmMs }: WatchLimits,
): { readonly watched: WatchedSignal; readonly event?: SignalEvent } {
  const { dropped, stalledSinceMs } = state
  const reason = findReason(before, state, nowMs, stallLimitMs)
  const { episode } = before
  if (episode === undefined) {
    if (reason === undefined) return { watched: { dropped, episode } }
    const sinceMs = stalledSinceMs ?? nowMs
    const begun: Episode = { reason, sinceMs, droppedBefore: before.dropped, calmSinceMs: undefined, isExpected }
    const watched = { dropped, episode: begun }
    return { watched, event: isExpected ? describeFailure(watched, begun, nowMs) : { kind: 'no_collector' } }
  }
  const { droppedBefore, sinceMs } = episode
  const calmSinceMs = reason === undefined ? (episode.calmSinceMs ?? nowMs) : undefined
  if (calmSinceMs === undefined || nowMs - calmSinceMs < calmMs) {
    // A collector that has accepted this signal and fails again is no longer a missing one.
    const isLost = !episode.isExpected && reason !== undefined && state.exported > 0
    const next: Episode = { ...episode, reason: reason ?? episode.reason, calmSinceMs, isExpected: episode.isExpected || isLost }
    const watched = { dropped, episode: next }
    return isLost ? { watched, event: describeFailure(watched, next, nowMs) } : { watched }
  }
  const kind = episode.isExpected ? 'resumed' : 'started'
  return {
    watched: { dropped, episode: undefined },
    event: { kind, dropped: dropped - droppedBefore, durationMs: calmSinceMs - sinceMs },
  }
}

function findReason(
  before: WatchedSignal,
  { dropped, failure, stalledSinceMs }: SignalState,
  nowMs: number,
  stallLimitMs: number,
): FailureReason | undefined {
  if (failure !== undefined) return 'failed'
  if (dropped > before.dropped) return 'dropped'
  return stalledSinceMs !== undefined && nowMs - stalledSinceMs > stallLimitMs ? 'stalled' : undefined
}

function describeFailure({ dropped }: WatchedSignal, { reason, droppedBefore, sinceMs }: Episode, nowMs: number): SignalEvent {
  return { kind: 'failing', reason, dropped: dropped - droppedBefore, durationMs: nowMs - sinceMs }
}

function watchedSignal({ signals }: TelemetryEpisodes, state: SignalState): WatchedSignal {
  return signals.get(keyOf(state)) ?? UNWATCHED_SIGNAL
}

function keyOf({ signal, destination }: SignalState): string {
  return `${signal} ${destination}`
}
