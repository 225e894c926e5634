import { statfs } from 'node:fs/promises'
import { cacheReading } from './cached-reading.ts'
import type { METRICS } from './metrics.ts'
import { observeGauge } from './recording.ts'

type Volume = (typeof METRICS)['disk_free_bytes']['labels']['volume'][number]

const READING_TTL_MS = 1000

/** Has the room where a folder lies read with every collection, until the function returned is called. Free is what the process may still fill. */
export function observeDisk(volume: Volume, folder: string): () => void {
  const look = cacheReading(() => statfs(folder), READING_TTL_MS)
  const stops = [
    observeGauge('disk_free_bytes', async () => look().then(({ bavail, bsize }) => bavail * bsize), { volume }),
    observeGauge('disk_size_bytes', async () => look().then(({ blocks, bsize }) => blocks * bsize), { volume }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
