import { statfs } from 'node:fs/promises'
import type { METRICS } from '../metrics.ts'
import { observe, observeAll } from '../recording.ts'
import { cacheReading } from './cached-reading.ts'

type Volume = (typeof METRICS)['disk_free_bytes']['labels']['volume'][number]

/** Space of a file system. `freeBytes` is what the process may use. */
export interface DiskSpace {
  readonly freeBytes: number
  readonly sizeBytes: number
}

const READING_TTL_MS = 1000
/** Below the timeout of a health probe. */
const READING_TIMEOUT_MS = 1000

const readings = new Map<string, () => Promise<DiskSpace>>()

/**
 * Reads the space of the file system that holds a folder. Cached for one second. Rejects if the
 * folder does not exist or the disk does not answer within a second.
 */
export function readDisk(folder: string): Promise<DiskSpace> {
  const read = readings.get(folder) ?? cacheReading(() => readAnew(folder), READING_TTL_MS, READING_TIMEOUT_MS)
  readings.set(folder, read)
  return read()
}

/** Observes the space of a folder's file system, until the returned function is called. */
export function observeDisk(volume: Volume, folder: string): () => void {
  return observeAll([
    observe('disk_free_bytes', async () => (await readDisk(folder)).freeBytes, { volume }),
    observe('disk_size_bytes', async () => (await readDisk(folder)).sizeBytes, { volume }),
  ])
}

async function readAnew(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
}
