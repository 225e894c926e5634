import * as nodeFs from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { errnoOf } from '../../errors.ts'
import { formatLogFileName, LOG_STREAMS, parseLogFileName } from '../log-streams.ts'
import { findNewestWrite, isPlausible, LAST_RUN_FILE, readLastRun, recordLastRun } from './last-run.ts'
import { dayOf } from './log-day.ts'
import { type LogFile, planRetention, type RetentionAction, type RetentionPolicy } from './retention-policy.ts'

/** The file system functions of a run; `node:fs/promises` by default. */
export type RetentionFs = Pick<typeof nodeFs, 'lstat' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat' | 'utimes'>

export interface RetentionOptions {
  /** Directory of the log. */
  readonly dir: string
  readonly policy: RetentionPolicy
  /** IANA name of the time zone of the days in file names. */
  readonly timeZone: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /**
   * When this process started, in milliseconds since 1970. Files written since then say nothing
   * about its clock. Default: all files were there before.
   */
  readonly startedAt?: number
  /** Believes the clock, whatever it says. */
  readonly confirmed?: boolean
  /**
   * Called with the files of the audit trail before they are deleted. If it rejects, they are kept
   * and reported as failed.
   */
  readonly onShorteningTrail?: (files: readonly string[]) => Promise<void>
  /** Reports what would be done, and changes nothing. */
  readonly dryRun?: boolean
  /** Stops the run after the current file. */
  readonly signal?: AbortSignal
  readonly fs?: RetentionFs
}

/** Result of a run. File paths are relative to the log directory. */
export interface RetentionReport {
  readonly compressed: readonly string[]
  readonly deleted: readonly { readonly file: string; readonly bytes: number; readonly reason: 'age' | 'budget' | 'twin' }[]
  /** Files that could not be compressed or deleted; the next run retries. */
  readonly failed: readonly { readonly file: string; readonly err: unknown }[]
  /** Deleted temporary files of interrupted runs. */
  readonly leftovers: readonly string[]
  /** Files that are due by a clock in doubt, and the last time known before. They are kept. */
  readonly heldOff: { readonly files: readonly string[]; readonly knownMs: number } | undefined
}

type Deleted = RetentionReport['deleted'][number]
type Failed = RetentionReport['failed'][number]

/** Temporary file of a compression, with the id of its process. */
const UNFINISHED = /\.log\.gz\.(\d+)\.tmp$/

/**
 * Compresses and deletes old files, one after another. It is safe while a server or another run is
 * active. After a crash at any point each file is complete, as original, compressed copy, or both;
 * the next run deletes the temporary file. Rejects only if a directory cannot be listed. A missing
 * directory counts as empty.
 *
 * A clock that jumped deletes nothing for its age. If it is more than four days after the last run,
 * or without one after the newest write, such files are held off. They are deleted when the clock
 * is right, or when a run is `confirmed`, which a server does after four days.
 */
export async function runRetention(options: RetentionOptions): Promise<RetentionReport> {
  const { dir, timeZone, dryRun = false, signal, fs = nodeFs } = options
  const { files, unfinished } = await scanLogFiles(dir, timeZone, fs)
  const leftovers = unfinished.filter(isLeftover)
  const { actions, heldOff, ranAt } = planRun(files, options)
  const report = { compressed: [] as string[], deleted: [] as Deleted[], failed: [] as Failed[], leftovers, heldOff }
  if (!dryRun) for (const file of leftovers) await fs.rm(join(dir, file), { force: true })
  let refusal = dryRun ? undefined : await announceShortening(actions, options)
  for (const action of actions) {
    if (signal?.aborted) break
    const file = pathOf(action.file)
    try {
      if (refusal !== undefined && shortensTrail(action)) throw refusal.err
      if (!dryRun) await apply(action, join(dir, file), fs)
      if (action.kind === 'compress') report.compressed.push(file)
      else report.deleted.push({ file, bytes: action.file.bytes, reason: action.reason })
    } catch (err) {
      report.failed.push({ file, err })
      // The later files of the trail are kept as well: it has no gap.
      if (shortensTrail(action)) refusal ??= { err }
    }
  }
  if (dryRun || ranAt === undefined) return report
  try {
    recordLastRun(dir, ranAt)
  } catch (err) {
    report.failed.push({ file: LAST_RUN_FILE, err })
  }
  return report
}

/** Announces files of the audit trail that are due. Returns the error if that fails. */
async function announceShortening(actions: readonly RetentionAction[], { onShorteningTrail }: RetentionOptions) {
  const files = actions.filter(shortensTrail).map(({ file }) => pathOf(file))
  try {
    if (files.length > 0) await onShorteningTrail?.(files)
  } catch (err) {
    return { err }
  }
}

/** Plans the actions of a run, and the time to record for it if that has changed. */
function planRun(files: readonly LogFile[], { dir, policy, timeZone, now, startedAt, confirmed = false }: RetentionOptions) {
  const at = now()
  const lastRun = readLastRun(dir)
  const knownMs = lastRun ?? findNewestWrite(files, startedAt ?? Number.POSITIVE_INFINITY)
  const actions = planRetention(files, dayOf(at, timeZone), policy)
  const due = actions.filter(isForAge).map(({ file }) => pathOf(file))
  if (confirmed || knownMs === undefined || isPlausible(at, knownMs) || due.length === 0) {
    // Only a confirmed run sets the time back: a clock that is behind for a while must not make
    // the right time look like a jump.
    const ranAt = confirmed ? at : Math.max(at, lastRun ?? at)
    return { actions, heldOff: undefined, ranAt: files.length === 0 || ranAt === lastRun ? undefined : ranAt }
  }
  // Recorded even so: the files that this process writes have the time of its clock.
  const ranAt = lastRun === undefined ? knownMs : undefined
  return { actions: planRetention(files, undefined, policy), heldOff: { files: due, knownMs }, ranAt }
}

function isForAge(action: RetentionAction): boolean {
  return action.kind === 'delete' && action.reason === 'age'
}

function shortensTrail(action: RetentionAction): boolean {
  return isForAge(action) && action.file.stream === 'audit'
}

function pathOf(file: LogFile): string {
  return join(file.stream, formatLogFileName(file))
}

/**
 * Lists the log files and the temporary files of interrupted runs. Both are empty if there is no
 * log.
 */
export async function scanLogFiles(dir: string, timeZone: string, fs: Pick<RetentionFs, 'readdir' | 'lstat'> = nodeFs) {
  const files: LogFile[] = []
  const unfinished: string[] = []
  for (const stream of LOG_STREAMS) {
    for (const name of await fs.readdir(join(dir, stream)).catch(emptyIfMissing)) {
      const parsed = parseLogFileName(name)
      if (UNFINISHED.test(name)) unfinished.push(join(stream, name))
      if (parsed?.stream !== stream) continue
      // Only regular files are ours to delete; links, for example, are not.
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

/**
 * Compresses a file. The original is deleted when the copy is on disk under its final name. The
 * copy keeps the modification time, which determines its retention.
 */
async function compress(path: string, fs: RetentionFs): Promise<void> {
  const unfinished = `${path}.gz.${process.pid}.tmp`
  const before = await fs.stat(path)
  await writeCompressed(path, unfinished, fs)
  await fs.utimes(unfinished, before.atime, before.mtime)
  const isUnchanged = ({ size, mtimeMs }: { size: number; mtimeMs: number }) => size === before.size && mtimeMs === before.mtimeMs
  // The file is still being written, so the copy is incomplete. A later run retries.
  if (!isUnchanged(await fs.stat(path))) return fs.rm(unfinished)
  await fs.rename(unfinished, `${path}.gz`)
  await syncDirectory(join(path, '..'), fs)
  // An erasure of text finds the copy now. One that came before has changed the original.
  if (!isUnchanged(await fs.stat(path))) return fs.rm(`${path}.gz`)
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

/**
 * Whether the process that wrote a temporary file has ended. Runs of one process never overlap, so
 * its own are leftovers.
 */
function isLeftover(path: string): boolean {
  const pid = Number(UNFINISHED.exec(path)?.[1])
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
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
