import { statfs } from 'node:fs/promises'
import type { METRICS } from '../metrics.ts'
import { observe, observeAll } from '../recording.ts'
import { cacheReading } from './cached-reading.ts'

type Volume = (typeof METRICS)['disk_free_bytes']['labels']['volume'][number]

/** The room where a folder lies. Free is what the process may still fill. */
export interface DiskSpace {
  readonly freeBytes: number
  readonly sizeBytes: number
}

const READING_TTL_MS = 1000
/** Less than a probe of the server's health waits. */
const READING_TIMEOUT_MS = 1000

const readings = new Map<string, () => Promise<DiskSpace>>()

/**
 * Reads the room where a folder lies; whoever asks within a second shares one reading. Rejects where the folder is gone, or the disk does not
 * answer within a second.
 */
export function readDisk(folder: string): Promise<DiskSpace> {
  const read = readings.get(folder) ?? cacheReading(() => readAnew(folder), READING_TTL_MS, READING_TIMEOUT_MS)
  readings.set(folder, read)
  return read()
}

/** Has the room where a folder lies read with every collection, until the function returned is called. */
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
