import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { errnoOf } from '../../errors.ts'
import type { Log } from '../../logging/log.ts'
import { loadSearchEngine } from '../passage-search.ts'
import type { FileSlice } from './index-file.ts'

/** The engine saved in a file, and its revision; undefined, and said in the log, where there is none that can be used. */
export async function readSavedIndex(path: string, log?: Log): Promise<ReturnType<typeof loadSearchEngine>> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (err) {
    if (errnoOf(err) !== 'ENOENT') log?.warn({ function: 'open', path, err }, 'The saved search index could not be read')
    return undefined
  }
  const saved = loadSearchEngine(bytes)
  if (saved === undefined)
    log?.warn({ function: 'open', path, bytes: bytes.length }, 'The saved search index is torn or of another version')
  return saved
}

/**
 * Puts slices into a file, whole or not at all: they are on disk under another name before they take the place of what was there. The event loop turns between
 * any two. `isVoid` is asked after the last: true leaves the file as it was, and resolves to false.
 */
export async function writeSavedIndex(path: string, slices: Iterable<FileSlice>, isVoid: () => boolean): Promise<boolean> {
  const temporary = `${path}.new`
  let isWhole = false
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      for (const slice of slices) {
        if (isVoid()) break
        await writeSlice(file, slice)
      }
      // A change from here on comes too late to tear what was written.
      isWhole = !isVoid()
      if (isWhole) await file.sync()
    } finally {
      await file.close()
    }
    if (isWhole) await rename(temporary, path)
    else await rm(temporary)
    return isWhole
  } catch (error) {
    // Half a file may fill the disk that was too full for a whole one. Where even this fails, the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

async function writeSlice(file: FileHandle, { offset, bytes }: FileSlice): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}
