/** What a machine's clocks show at one moment, and what the steady clock shows then. */
export interface ClockReading {
  /** Milliseconds since 1970 by the steady clock. */
  readonly steadyMs: number
  /** The same by the system's clock, which may be set at any time. */
  readonly wallMs: number
  /** Milliseconds since the machine was booted, with those in which it slept. */
  readonly uptimeMs: number
  /** Identifies the boot; undefined where the system has no such id. */
  readonly bootId: string | undefined
}

/** The clocks of the machine. */
export interface MachineClocks {
  readonly wall: () => number
  readonly uptime: () => number
  /** Cheap. May stop while the machine sleeps. */
  readonly monotonic: () => number
  readonly bootId: string | undefined
}

/** A clock that only moves forward, however the system's clock is set. */
export interface SteadyClock {
  /** Milliseconds since 1970. Equals the system's clock until that jumps. */
  now(): number
  /** Converts a time of this clock to the system's. */
  toWall(steadyMs: number): number
  /**
   * Compares the clocks with those of the last check, or of the last process, and adds the time in
   * which the machine slept. Returns by how many milliseconds the system's clock jumped: 0 if by
   * less than ten seconds.
   */
  check(): number
  /** The state to keep for the next process. */
  read(): ClockReading
}

/**
 * The system's clock is adjusted by much less between two checks. A larger step means that it was
 * set, or that a virtual machine was paused.
 */
const MIN_JUMP_MS = 10_000
/** A sleep takes longer. The clocks of some systems are read in steps of 10 ms. */
const MIN_SLEEP_MS = 1000

/**
 * Creates a steady clock.
 * @param kept The last reading of an earlier process. Since then, as much time has passed as the
 *   machine was up. After a boot, it is what the system's clock says, but never less than none.
 */
export function createSteadyClock({ wall, uptime, monotonic, bootId }: MachineClocks, kept?: ClockReading): SteadyClock {
  const isSameBoot = bootId !== undefined && kept?.bootId === bootId
  const passedMs = kept === undefined ? 0 : Math.max(0, isSameBoot ? uptime() - kept.uptimeMs : wall() - kept.wallMs)
  let offsetMs = (kept === undefined ? wall() : kept.steadyMs + passedMs) - monotonic()
  const readAll = () => ({ wallMs: wall(), uptimeMs: uptime(), monotonicMs: monotonic() })
  /** The clocks at the last check. At first, what the system's clock should show. */
  let seen = { ...readAll(), wallMs: kept === undefined ? wall() : kept.wallMs + passedMs }

  const now = () => Math.floor(offsetMs + monotonic())

  return {
    now,
    toWall: ms => ms + wall() - now(),
    check() {
      const before = seen
      seen = readAll()
      const ranMs = seen.monotonicMs - before.monotonicMs
      const sleptMs = seen.uptimeMs - before.uptimeMs - ranMs
      const countedMs = sleptMs < MIN_SLEEP_MS ? 0 : sleptMs
      offsetMs += countedMs
      const jumpMs = seen.wallMs - before.wallMs - ranMs - countedMs
      return Math.abs(jumpMs) < MIN_JUMP_MS ? 0 : Math.round(jumpMs)
    },
    read: () => ({ steadyMs: now(), wallMs: wall(), uptimeMs: uptime(), bootId }),
  }
}
