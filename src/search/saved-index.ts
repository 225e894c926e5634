import { open, readFile, rename, rm } from 'node:fs/promises'
import type { Log } from '../logging/log.ts'
import { loadSearchEngine } from './passage-search.ts'

/** The engine saved in a file, and its revision; undefined, and said in the log, where there is none that can be used. */
export async function readSavedIndex(path: string, log?: Log): Promise<ReturnType<typeof loadSearchEngine>> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ENOENT')
      log?.warn({ function: 'open', path, err }, 'The saved search index could not be read')
    return undefined
  }
  const saved = loadSearchEngine(bytes)
  if (saved === undefined)
    log?.warn({ function: 'open', path, bytes: bytes.length }, 'The saved search index is torn or of another version')
  return saved
}

/** Puts bytes into a file, whole or not at all: they are on disk under another name before they take the place of the old ones. */
export async function writeSavedIndex(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.new`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    // Half a file may fill the disk that was too full for a whole one. Where even this fails, the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}
