import type { LevelName } from './record/levels.ts'

/** `chatbot` holds everything, and is what is shipped; each of the other four is the archive of one retention class; `audit` stands apart. */
export const LOG_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error', 'audit'] as const

/** Those that the log worker writes. */
export const FILE_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error'] as const

export type LogStream = (typeof LOG_STREAMS)[number]
export type FileStream = (typeof FILE_STREAMS)[number]
export type Archive = Exclude<FileStream, 'chatbot'>

/** The one archive that a line of each level goes to, besides `chatbot`. */
export const ARCHIVE_OF: Readonly<Record<LevelName, Archive>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'error',
}

/** How each line begins; what stands further on, a message's text included, has no say in where the line goes. */
const LEVEL_KEY = '{"level":"'
const archiveByLetter = new Map(Object.entries(ARCHIVE_OF).map(([level, archive]) => [level.charCodeAt(0), archive]))

/**
 * Which archive the line that begins at `start` belongs to, told from the first letter of its level, without parsing it. A line that
 * begins otherwise, which the logger never writes, counts as a warning.
 */
export function archiveOfLine(text: string, start = 0): Archive {
  if (!text.startsWith(LEVEL_KEY, start)) return 'warning'
  return archiveByLetter.get(text.charCodeAt(start + LEVEL_KEY.length)) ?? 'warning'
}

/** A log file by its name: `LOG_DIR/info/info.2026-01-15.2.log`, or with `.gz` once it is compressed. */
export interface LogFileName {
  readonly stream: LogStream
  /** The day that its lines were written on, `YYYY-MM-DD`, in the time zone of the log. */
  readonly day: string
  /** From 1; a day has more than one where a file grew too large. */
  readonly number: number
  readonly compressed: boolean
}

const NAME = /^([a-z]+)\.(\d{4}-\d\d-\d\d)\.(\d+)\.log(\.gz)?$/

/** Reads a file's name, without its folder; undefined where it is not a log file's. */
export function parseLogFileName(name: string): LogFileName | undefined {
  const [, stream, day, number, gz] = NAME.exec(name) ?? []
  const known = LOG_STREAMS.find(candidate => candidate === stream)
  if (known === undefined || day === undefined) return undefined
  return { stream: known, day, number: Number(number), compressed: gz !== undefined }
}

export function formatLogFileName({ stream, day, number, compressed }: LogFileName): string {
  return `${stream}.${day}.${number}.log${compressed ? '.gz' : ''}`
}
