import { existsSync } from 'node:fs'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { FILE_STREAMS, parseLogFileName } from '../log-streams.ts'
import { eraseInCompressed, eraseInPlain } from './file-erasure.ts'
import { createTextEraser } from './text-eraser.ts'

export interface LogErasureOptions {
  /** Directory of the log. */
  readonly dir: string
  /** Sessions and users as they are in `session_id` and `user_id` of the lines. */
  readonly names: ReadonlySet<string>
  /** Skips files that were last written before this time, in milliseconds since 1970. */
  readonly since?: number
  readonly signal?: AbortSignal
}

/** File paths are relative to the log directory. */
export interface LogErasureReport {
  /** Files that were searched, and their bytes on disk. */
  readonly files: number
  readonly bytes: number
  /** Files with lines whose text was erased, and the number of these lines. */
  readonly erased: readonly { readonly file: string; readonly lines: number }[]
  /** Files that could not be searched or written. */
  readonly failed: readonly { readonly file: string; readonly err: unknown }[]
}

interface FoundFile {
  readonly file: string
  readonly compressed: boolean
  readonly inode: number
  readonly modifiedMs: number
  readonly bytes: number
}

/**
 * Name of a new file until it is complete. Retention, which runs at the same time, deletes only
 * unfinished files with names of its own.
 */
const UNFINISHED = '.erasing'
/** Tolerance for a clock that was set back. */
const CLOCK_STEP_MS = 86_400_000

/**
 * Erases the messages and replies of sessions and users from all log files, and resolves when that
 * is on disk. The server may write the files meanwhile: plain files are changed in place. Lines
 * keep their times, ids and facts; the audit trail has no text and is not touched. Retention may
 * run meanwhile, but no other erasure.
 *
 * @throws If a directory cannot be listed. A missing one counts as empty.
 */
export async function eraseFromLog({ dir, names, since = 0, signal }: LogErasureOptions): Promise<LogErasureReport> {
  const erased = new Map<string, number>()
  const failed: LogErasureReport['failed'][number][] = []
  const searched = new Map<string, number>()
  const seen = new Set<string>()
  // Retention may compress a file after it was listed: new files are searched too.
  for (let found = await listNew(); found.length > 0; found = await listNew()) {
    for (const file of found) {
      if (signal?.aborted) return report()
      searched.set(file.file, file.bytes)
      seen.add(keyOf(file))
      try {
        const path = join(dir, file.file)
        const lines = await eraseIn(path, file, names)
        // A compressed file has been replaced.
        seen.add(keyOf({ ...file, inode: (await stat(path)).ino }))
        if (lines > 0) erased.set(file.file, (erased.get(file.file) ?? 0) + lines)
      } catch (err) {
        // Retention may have deleted the file.
        if (existsSync(join(dir, file.file))) failed.push({ file: file.file, err })
      }
    }
  }
  return report()

  async function listNew(): Promise<readonly FoundFile[]> {
    const files = await Promise.all(FILE_STREAMS.map(stream => listFiles(dir, stream)))
    return files.flat().filter(file => file.modifiedMs >= since - CLOCK_STEP_MS && !seen.has(keyOf(file)))
  }

  function report(): LogErasureReport {
    const bytes = [...searched.values()].reduce((sum, size) => sum + size, 0)
    return { files: searched.size, bytes, erased: [...erased].map(([file, lines]) => ({ file, lines })), failed }
  }
}

function keyOf({ file, inode }: FoundFile): string {
  return `${file} ${inode}`
}

async function listFiles(dir: string, stream: string): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = []
  for (const name of (await readdir(join(dir, stream)).catch(emptyIfMissing)).sort()) {
    // Only one process erases at a time, so this is of one that was killed.
    if (name.endsWith(UNFINISHED)) await rm(join(dir, stream, name), { force: true })
    const parsed = parseLogFileName(name)
    const facts = parsed?.stream === stream ? await stat(join(dir, stream, name)).catch(() => undefined) : undefined
    if (parsed === undefined || !facts?.isFile()) continue
    const { ino: inode, mtimeMs: modifiedMs, size: bytes } = facts
    found.push({ file: join(stream, name), compressed: parsed.compressed, inode, modifiedMs, bytes })
  }
  return found
}

/** Resolves to the number of lines whose text was erased. */
async function eraseIn(path: string, { compressed }: FoundFile, names: ReadonlySet<string>): Promise<number> {
  const eraser = createTextEraser(names)
  if (compressed) {
    const unfinished = `${path}${UNFINISHED}`
    return eraseInCompressed(path, unfinished, eraser).finally(() => rm(unfinished, { force: true }))
  }
  const before = await stat(path)
  const lines = await eraseInPlain(path, eraser)
  const after = await stat(path)
  // The time of the last write decides when retention deletes the file. One millisecond more shows
  // retention that a copy that it is making is out of date.
  if (lines > 0 && after.size === before.size) await utimes(path, before.atime, new Date(before.mtimeMs + 1))
  return lines
}

function emptyIfMissing(error: unknown): string[] {
  if (errnoOf(error) === 'ENOENT') return []
  throw error
}
