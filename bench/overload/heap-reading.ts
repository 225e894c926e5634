/** Writes the size of the heap (MB) after a collection to `HEAP_FILE` at each SIGUSR2. */
import { renameSync, writeFileSync } from 'node:fs'

const file = process.env.HEAP_FILE ?? ''

process.on('SIGUSR2', () => {
  globalThis.gc?.()
  writeFileSync(`${file}.new`, (process.memoryUsage().heapUsed / 1e6).toFixed(0))
  renameSync(`${file}.new`, file)
})
