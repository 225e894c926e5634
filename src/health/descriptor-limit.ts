import { readFileSync } from 'node:fs'

/** The usual limit of file descriptors, where the system does not state it in a file. */
const USUAL_LIMIT = 1024
/**
 * Descriptors kept for the database, its threads, the log and exports, but at most half of all. An
 * idle server with two answer workers has about 90 open.
 */
const RESERVED = 256

/**
 * How many file descriptors this process may have open. Without `/proc`, as on macOS, the result is
 * 1024.
 */
export function readDescriptorLimit(path = '/proc/self/limits'): number {
  let limits: string
  try {
    limits = readFileSync(path, 'utf8')
  } catch {
    // The system has no such file.
    return USUAL_LIMIT
  }
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]
  if (soft === undefined) return USUAL_LIMIT
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
}

/** The number of connections to accept: the wanted one, if enough descriptors remain. */
export function connectionLimit(wanted: number, descriptors: number): number {
  return Math.min(wanted, Math.max(1, Math.floor(descriptors - Math.min(RESERVED, descriptors / 2))))
}
