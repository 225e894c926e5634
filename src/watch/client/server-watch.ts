import type { Alert } from '../evaluation/alert.ts'
import { REPEAT_HOURS, type Rule } from '../rules/rule.ts'

export interface ServerWatchOptions {
  readonly rule: Pick<Rule, 'id'>
  /** How long (ms) a server must fail before it counts as down. */
  readonly afterMs: number
}

/** A change that operators hear of. */
export interface WatchChange {
  readonly kind: 'firing' | 'resolved'
  readonly alert: Alert
}

/** A server that is down is critical. */
const REPEAT_MS = REPEAT_HOURS.critical * 3_600_000

/** Decides from one answer after the other whether a watched server is down. */
export function createServerWatch({ rule, afterMs }: ServerWatchOptions) {
  let failingSince: number | undefined
  let notifiedAt: number | undefined
  let firedAt: number | undefined
  const alertAt = (at: number): Alert => ({
    rule: rule.id,
    labels: {},
    phase: 'firing',
    startedAt: failingSince ?? at,
    firedAt: firedAt ?? at,
    heldAt: at,
    value: 0,
    condition: 0,
  })
  return {
    /** Notes the problem, or undefined if the server is ready. Times are ms since 1970. */
    note(problem: string | undefined, now: number): WatchChange | undefined {
      if (problem === undefined) {
        const change = firedAt === undefined ? undefined : ({ kind: 'resolved', alert: alertAt(now) } as const)
        failingSince = undefined
        firedAt = undefined
        notifiedAt = undefined
        return change
      }
      // The clock may have been set back.
      failingSince = Math.min(failingSince ?? now, now)
      if (notifiedAt !== undefined) notifiedAt = Math.min(notifiedAt, now)
      if (now - failingSince < afterMs || now - (notifiedAt ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return undefined
      firedAt ??= now
      notifiedAt = now
      return { kind: 'firing', alert: alertAt(now) }
    },
  }
}
