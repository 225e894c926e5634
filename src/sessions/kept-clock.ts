import { readFileSync } from 'node:fs'
import { open, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClockReading } from './steady-clock.ts'

/** Name of the file in DATA_DIR that keeps the reading of the steady clock. */
const CLOCK_FILE = 'clock.json'

/** Reads the kept clock; undefined if it is missing or damaged. */
export function readKeptClock(dataDir: string): ClockReading | undefined {
  try {
    const {
      steady_ms: steadyMs,
      wall_ms: wallMs,
      uptime_ms: uptimeMs,
      boot_id: bootId,
    } = JSON.parse(readFileSync(join(dataDir, CLOCK_FILE), 'utf8'))
    return [steadyMs, wallMs, uptimeMs].every(Number.isFinite) ? { steadyMs, wallMs, uptimeMs, bootId } : undefined
  } catch {
    // Without it the clock starts from the system's, as at the first start.
    return undefined
  }
}

/**
 * Keeps a reading, on disk: after a power failure, one from before a jump would count it as idle
 * time. Throws the system's error.
 */
export async function keepClock(dataDir: string, { steadyMs, wallMs, uptimeMs, bootId }: ClockReading): Promise<void> {
  const path = join(dataDir, CLOCK_FILE)
  const content = { steady_ms: steadyMs, wall_ms: wallMs, uptime_ms: uptimeMs, boot_id: bootId }
  await writeFile(`${path}.tmp`, `${JSON.stringify(content)}\n`, { mode: 0o600, flush: true })
  await rename(`${path}.tmp`, path)
  await using folder = await open(dataDir)
  await folder.sync()
}

/** Returns the id of the machine's boot; undefined where there is none, as outside of Linux. */
export function readBootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Each start then counts as one after a boot.
    return undefined
  }
}
