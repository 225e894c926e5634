import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { type LogFileName, type LogStream, parseLogFileName } from '../log-streams.ts'

/** A log file, plain or compressed. */
export interface LogFile extends LogFileName {
  readonly path: string
  /**
   * Time of the last write, in milliseconds since 1970; for a compressed file maybe the time of
   * compression.
   */
  readonly modifiedAt: number
}

/** A time range in milliseconds since 1970. Both ends are inclusive and optional. */
export interface TimeRange {
  readonly since?: number
  readonly until?: number
}

const DAY_MS = 86_400_000
/** Tolerance for a clock that was set back. */
const CLOCK_STEP_MS = 3_600_000

/**
 * Lists the files of some streams, by stream, oldest first. If a file exists plain and compressed,
 * as during compression, only the plain one is listed. A missing folder counts as empty.
 */
export function listLogFiles(dir: string, streams: readonly LogStream[]): readonly LogFile[] {
  return streams.flatMap(stream => {
    const files = readNames(join(dir, stream)).flatMap(name => describe(join(dir, stream), stream, name))
    files.sort((a, b) => compareText(a.day, b.day) || a.number - b.number || Number(a.compressed) - Number(b.compressed))
    return files.filter((file, at) => !isSameFile(file, files[at - 1]))
  })
}

/**
 * Whether a file may hold lines of a range, judged by name and modification time. No line is newer
 * than the last write. No line is older than a day before the day in the name: that day begins up
 * to 14 hours before the UTC day, and lines wait for the disk for minutes at most.
 */
export function mayHold(file: LogFile, { since, until }: TimeRange): boolean {
  if (since !== undefined && file.modifiedAt < since - CLOCK_STEP_MS) return false
  return until === undefined || Date.parse(file.day) - DAY_MS <= until
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

function describe(folder: string, stream: LogStream, name: string): readonly LogFile[] {
  const parsed = parseLogFileName(name)
  const path = join(folder, name)
  const facts = parsed?.stream === stream ? statSync(path, { throwIfNoEntry: false }) : undefined
  return parsed !== undefined && facts?.isFile() ? [{ ...parsed, path, modifiedAt: facts.mtimeMs }] : []
}

function isSameFile(a: LogFile, b: LogFile | undefined): boolean {
  return a.stream === b?.stream && a.day === b.day && a.number === b.number
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
