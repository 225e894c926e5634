import * as nodeFs from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { errnoOf } from '../../errors.ts'
import { formatLogFileName, LOG_STREAMS, parseLogFileName } from '../log-streams.ts'
import { dayOf } from './log-day.ts'
import { type LogFile, planRetention, type RetentionAction, type RetentionPolicy } from './retention-policy.ts'

/** What a run needs of the file system; `node:fs/promises` by default. */
export type RetentionFs = Pick<typeof nodeFs, 'lstat' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat' | 'utimes'>

export interface RetentionOptions {
  /** Directory of the log. */
  readonly dir: string
  readonly policy: RetentionPolicy
  /** IANA name of the time zone whose days the log's files have. */
  readonly timeZone: string
  /** The clock: milliseconds since 1970. */
  readonly now: () => number
  /** Only says what would be done. */
  readonly dryRun?: boolean
  /** Ends the run after the file that is being worked on. */
  readonly signal?: AbortSignal
  readonly fs?: RetentionFs
}

/** Files are named by their paths below the log's directory. */
export interface RetentionReport {
  readonly compressed: readonly string[]
  readonly deleted: readonly { readonly file: string; readonly bytes: number; readonly reason: 'age' | 'budget' | 'twin' }[]
  /** What could not be done; the next run tries again. */
  readonly failed: readonly { readonly file: string; readonly err: unknown }[]
  /** Unfinished files of interrupted runs that were cleared away. */
  readonly leftovers: readonly string[]
}

type Deleted = RetentionReport['deleted'][number]
type Failed = RetentionReport['failed'][number]

/** An unfinished compressed file carries the id of the process that makes it. */
const UNFINISHED = /\.log\.gz\.(\d+)\.tmp$/

/**
 * Compresses and deletes what is due, one file after the other. It may run beside a server and beside another run. A crash at any moment
 * leaves each file whole: the old one, the compressed one, or both, and what else it leaves is cleared away by the next run. Fails only
 * where a directory cannot be listed; a missing one is an empty one.
 */
export async function runRetention(options: RetentionOptions): Promise<RetentionReport> {
  const { dir, policy, timeZone, now, dryRun = false, signal, fs = nodeFs } = options
  const { files, unfinished } = await scanLogFiles(dir, timeZone, fs)
  const leftovers = unfinished.filter(isAbandoned)
  const report = { compressed: [] as string[], deleted: [] as Deleted[], failed: [] as Failed[], leftovers }
  if (!dryRun) for (const file of leftovers) await fs.rm(join(dir, file), { force: true })
  for (const action of planRetention(files, dayOf(now(), timeZone), policy)) {
    if (signal?.aborted) break
    const file = join(action.file.stream, formatLogFileName(action.file))
    try {
      if (!dryRun) await apply(action, join(dir, file), fs)
      if (action.kind === 'compress') report.compressed.push(file)
      else report.deleted.push({ file, bytes: action.file.bytes, reason: action.reason })
    } catch (err) {
      report.failed.push({ file, err })
    }
  }
  return report
}

/** Finds the log's files, and what unfinished ones of interrupted runs lie beside them. Resolves to nothing where there is no log. */
export async function scanLogFiles(dir: string, timeZone: string, fs: Pick<RetentionFs, 'readdir' | 'lstat'> = nodeFs) {
  const files: LogFile[] = []
  const unfinished: string[] = []
  for (const stream of LOG_STREAMS) {
    for (const name of await fs.readdir(join(dir, stream)).catch(emptyIfMissing)) {
      const parsed = parseLogFileName(name)
      if (UNFINISHED.test(name)) unfinished.push(join(stream, name))
      if (parsed?.stream !== stream) continue
      // What is no file of ours, a link above all, is nobody's to delete.
      const stats = await fs.lstat(join(dir, stream, name)).catch(undefinedIfMissing)
      if (!stats?.isFile()) continue
      const touched = dayOf(stats.mtimeMs, timeZone)
      files.push({
        ...parsed,
        bytes: stats.size,
        lastDay: touched > parsed.day ? touched : parsed.day,
        modifiedMs: stats.mtimeMs,
      })
    }
  }
  return { files, unfinished }
}

async function apply(action: RetentionAction, path: string, fs: RetentionFs): Promise<void> {
  if (action.kind === 'delete') await fs.rm(path, { force: true })
  else await compress(path, fs)
}

/** The old file goes only when the new one is on the disk under its name. The new one keeps the old one's time, which says how long it is kept. */
async function compress(path: string, fs: RetentionFs): Promise<void> {
  const unfinished = `${path}.gz.${process.pid}.tmp`
  const before = await fs.stat(path)
  await writeCompressed(path, unfinished, fs)
  await fs.utimes(unfinished, before.atime, before.mtime)
  const after = await fs.stat(path)
  // Somebody still writes it, so the copy lacks something: there will be another time.
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) return fs.rm(unfinished)
  await fs.rename(unfinished, `${path}.gz`)
  await syncDirectory(join(path, '..'), fs)
  await fs.rm(path, { force: true })
}

async function writeCompressed(from: string, to: string, fs: RetentionFs): Promise<void> {
  await using source = await fs.open(from, 'r')
  await using target = await fs.open(to, 'wx', 0o600)
  await pipeline(source.createReadStream({ autoClose: false }), createGzip(), async chunks => {
    for await (const chunk of chunks) await target.writeFile(chunk)
  })
  await target.sync()
}

async function syncDirectory(path: string, fs: RetentionFs): Promise<void> {
  await using directory = await fs.open(path, 'r')
  await directory.sync()
}

/** Whether the process that made a file is gone. Runs of one process never overlap, so this one's own are left from an earlier run. */
function isAbandoned(path: string): boolean {
  const pid = Number(UNFINISHED.exec(path)?.[1])
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return errnoOf(error) === 'ESRCH'
  }
}

function emptyIfMissing(error: unknown): string[] {
  if (errnoOf(error) === 'ENOENT') return []
  throw error
}

function undefinedIfMissing(error: unknown): undefined {
  if (errnoOf(error) !== 'ENOENT') throw error
}
