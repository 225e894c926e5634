import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { errnoOf } from '../errors.ts'
import type { Log } from '../logging/log.ts'
import type { FileSlice } from './index/index-file.ts'
import { type LoadedEngine, loadInSlices } from './passage-search.ts'

/**
 * Loads a saved engine and its revision. Returns undefined, and logs the reason, if the file is
 * missing or unusable. The event loop runs between slices.
 */
export async function readSavedIndex(path: string, log?: Log): Promise<LoadedEngine | undefined> {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    const { size } = await file.stat()
    const saved = await readEngine(file, size)
    if (saved === undefined)
      log?.warn({ function: 'open', path, bytes: size }, 'Saved search index damaged or of another version')
    return saved
  } catch (err) {
    if (errnoOf(err) !== 'ENOENT') log?.warn({ function: 'open', path, err }, 'Saved search index could not be read')
    return undefined
  } finally {
    await file?.close()
  }
}

async function readEngine(file: FileHandle, size: number): Promise<LoadedEngine | undefined> {
  const steps = loadInSlices(size)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    const { offset, bytes } = step.value
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done)
      // The file has become shorter.
      if (bytesRead === 0) return undefined
      done += bytesRead
    }
  }
}

/**
 * Writes slices to a file atomically: they are synced to disk under another name, which then
 * replaces the file. The event loop runs between slices. `isVoid` is checked before each slice and
 * after the last one: if it returns true, the file stays unchanged and the result is false.
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
      // Changes after this check cannot affect what has been written.
      isWhole = !isVoid()
      if (isWhole) await file.sync()
    } finally {
      await file.close()
    }
    if (isWhole) await rename(temporary, path)
    else await rm(temporary)
    return isWhole
  } catch (error) {
    // A partial file could fill up a disk that is nearly full. If removing it fails, too, throw the
    // first error.
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
