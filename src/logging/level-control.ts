import { LEVELS, type LevelName } from './record/levels.ts'

/** More or less detail for a while: for everything, one module, one session, or one module in one session. */
export interface LevelOverride {
  readonly level: LevelName
  readonly module?: string
  readonly sessionId?: string
  /** When it ends, in milliseconds since 1970. */
  readonly until: number
}

/** Which lines are written. */
export interface LevelControl {
  /** What holds where nothing else does. */
  readonly base: LevelName
  /** Those in force, the most specific first. */
  readonly overrides: readonly LevelOverride[]
  /** The least level that any line can be written at now: what a logger must let through. */
  readonly least: LevelName
  /** Whether one more can be in force: there may be 100, and one for the same lines is replaced. */
  hasRoomFor(override: LevelOverride): boolean
  /** Begins an override, and ends the one for the same lines. */
  add(override: LevelOverride): void
  /** Ends those whose time is over, and returns them. */
  expire(now: number): readonly LevelOverride[]
  /** Whether a line is written. Costs next to nothing while no override is in force, and looks at each of them otherwise. */
  admits(level: LevelName, module: string | undefined, sessionId: string | undefined): boolean
}

const MAX_OVERRIDES = 100
const rank = Object.fromEntries(LEVELS.map(({ name, number }) => [name, number])) as Readonly<Record<LevelName, number>>

/** Of the overrides that a line falls under, the most specific one decides: a session's before a module's, that before one for everything. */
export function createLevelControl(base: LevelName): LevelControl {
  let overrides: readonly LevelOverride[] = []
  let least = base

  function replace(next: readonly LevelOverride[]): void {
    overrides = next.toSorted((a, b) => specificity(b) - specificity(a))
    const general = overrides.find(override => specificity(override) === 0)?.level ?? base
    least = overrides.reduce((low, { level }) => (rank[level] < rank[low] ? level : low), general)
  }

  function othersThan({ module, sessionId }: LevelOverride): readonly LevelOverride[] {
    return overrides.filter(other => other.module !== module || other.sessionId !== sessionId)
  }

  return {
    base,
    get overrides() {
      return overrides
    },
    get least() {
      return least
    },
    hasRoomFor: override => othersThan(override).length < MAX_OVERRIDES,
    add: override => replace([...othersThan(override), override]),
    expire(now) {
      const over = overrides.filter(({ until }) => until <= now)
      if (over.length > 0) replace(overrides.filter(({ until }) => until > now))
      return over
    },
    admits(level, module, sessionId) {
      if (overrides.length === 0) return rank[level] >= rank[base]
      const deciding = overrides.find(
        override =>
          (override.module === undefined || override.module === module) &&
          (override.sessionId === undefined || override.sessionId === sessionId),
      )
      return rank[level] >= rank[deciding?.level ?? base]
    },
  }
}

function specificity({ module, sessionId }: LevelOverride): number {
  return (sessionId === undefined ? 0 : 2) + (module === undefined ? 0 : 1)
}
