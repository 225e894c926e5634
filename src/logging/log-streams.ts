import type { LevelName } from './record/levels.ts'

/**
 * Streams of the log. `chatbot` holds all lines and is read by the collector. The next four are
 * archives, one per retention class. `audit` is the audit trail.
 */
export const LOG_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error', 'audit'] as const

/** Streams that the log worker writes. */
export const FILE_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error'] as const

export type LogStream = (typeof LOG_STREAMS)[number]
export type FileStream = (typeof FILE_STREAMS)[number]
export type Archive = Exclude<FileStream, 'chatbot'>

/** Archive of each level; every line also goes to `chatbot`. */
export const ARCHIVE_OF: Readonly<Record<LevelName, Archive>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'error',
}

/** Start of each line. Later text, such as a message, cannot change the archive. */
const LEVEL_KEY = '{"level":"'
const archiveByLetter = new Map(Object.entries(ARCHIVE_OF).map(([level, archive]) => [level.charCodeAt(0), archive]))

/**
 * Returns the archive of the line at `start`, by the first letter of its level, without parsing. A
 * line with another start, which the logger never writes, counts as a warning.
 */
export function archiveOfLine(text: string, start = 0): Archive {
  if (!text.startsWith(LEVEL_KEY, start)) return 'warning'
  return archiveByLetter.get(text.charCodeAt(start + LEVEL_KEY.length)) ?? 'warning'
}

/**
 * Parts of a log file's name: `LOG_DIR/info/info.2026-01-15.2.log`, with `.gz` appended if it is
 * compressed.
 */
export interface LogFileName {
  readonly stream: LogStream
  /** Day of its lines, `YYYY-MM-DD`, in the time zone of the log. */
  readonly day: string
  /** From 1. A day has several files if one reached the size limit. */
  readonly number: number
  readonly compressed: boolean
}

const NAME = /^([a-z]+)\.(\d{4}-\d\d-\d\d)\.(\d+)\.log(\.gz)?$/

/** Parses a file name without its folder; undefined for any other file. */
export function parseLogFileName(name: string): LogFileName | undefined {
  const [, stream, day, number, gz] = NAME.exec(name) ?? []
  const known = LOG_STREAMS.find(candidate => candidate === stream)
  if (known === undefined || day === undefined) return undefined
  return { stream: known, day, number: Number(number), compressed: gz !== undefined }
}

/** Returns the file name for its parts, without the folder. */
export function formatLogFileName({ stream, day, number, compressed }: LogFileName): string {
  return `${stream}.${day}.${number}.log${compressed ? '.gz' : ''}`
}
