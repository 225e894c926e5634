import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { type LogFileName, type LogStream, parseLogFileName } from '../log-streams.ts'

/** A file of the log, plain or compressed. */
export interface LogFile extends LogFileName {
  readonly path: string
  /** When it was last written, in milliseconds since 1970; a compressed one may say when it was compressed. */
  readonly modifiedAt: number
}

/** Milliseconds since 1970, both ends included; an end left out is open. */
export interface TimeRange {
  readonly since?: number
  readonly until?: number
}

const DAY_MS = 86_400_000
/** So far may a clock be set back without hiding lines that were written before. */
const CLOCK_STEP_MS = 3_600_000

/**
 * Lists the files of some streams, stream by stream, the oldest first; of a file that is there both plain and compressed, as while it is being
 * compressed, the plain one. A stream without a folder has none.
 */
export function listLogFiles(dir: string, streams: readonly LogStream[]): readonly LogFile[] {
  return streams.flatMap(stream => {
    const files = readNames(join(dir, stream)).flatMap(name => describe(join(dir, stream), stream, name))
    files.sort((a, b) => compareText(a.day, b.day) || a.number - b.number || Number(a.compressed) - Number(b.compressed))
    return files.filter((file, at) => !isSameFile(file, files[at - 1]))
  })
}

/**
 * Whether a file may hold lines of a range, as far as can be told without opening it. No line is younger than the last write; and none is a day older than
 * the day in the file's name, for that day may begin up to 14 hours before UTC's, and a line waits for its disk for minutes at most.
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
