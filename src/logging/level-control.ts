import { LEVELS, type LevelName } from './record/levels.ts'

/** A temporary log level for all lines, or those of one module. */
export interface LevelOverride {
  readonly level: LevelName
  readonly module?: string
  /** When it expires, in milliseconds since 1970. */
  readonly until: number
}

/** Decides which lines are written. */
export interface LevelControl {
  /** Level of lines that no override matches. */
  readonly base: LevelName
  /** Active overrides, those of modules first. */
  readonly overrides: readonly LevelOverride[]
  /** Lowest level that any line may have now; the level to set on the logger. */
  readonly lowest: LevelName
  /**
   * Whether the limit of 100 overrides allows this one. An override for the same lines is replaced.
   */
  hasRoomFor(override: LevelOverride): boolean
  /** Adds an override, and removes the one for the same lines. */
  add(override: LevelOverride): void
  /** Removes and returns the expired overrides. */
  expire(now: number): readonly LevelOverride[]
  /**
   * Whether a line is written. Cost: one comparison, plus a pass over the overrides if there are
   * any.
   */
  admits(level: LevelName, module: string | undefined): boolean
}

const MAX_OVERRIDES = 100
const rank = Object.fromEntries(LEVELS.map(({ name, number }) => [name, number])) as Readonly<Record<LevelName, number>>

/** The override of the module decides, then the one for all lines. */
export function createLevelControl(base: LevelName): LevelControl {
  let overrides: readonly LevelOverride[] = []
  let lowest = base

  function replace(next: readonly LevelOverride[]): void {
    overrides = next.toSorted((a, b) => Number(a.module === undefined) - Number(b.module === undefined))
    const general = overrides.find(({ module }) => module === undefined)?.level ?? base
    lowest = overrides.reduce((low, { level }) => (rank[level] < rank[low] ? level : low), general)
  }

  function withoutSame({ module }: LevelOverride): readonly LevelOverride[] {
    return overrides.filter(other => other.module !== module)
  }

  return {
    base,
    get overrides() {
      return overrides
    },
    get lowest() {
      return lowest
    },
    hasRoomFor: override => withoutSame(override).length < MAX_OVERRIDES,
    add: override => replace([...withoutSame(override), override]),
    expire(now) {
      const expired = overrides.filter(({ until }) => until <= now)
      if (expired.length > 0) replace(overrides.filter(({ until }) => until > now))
      return expired
    },
    admits(level, module) {
      if (overrides.length === 0) return rank[level] >= rank[base]
      const deciding = overrides.find(override => override.module === undefined || override.module === module)
      return rank[level] >= rank[deciding?.level ?? base]
    },
  }
}
