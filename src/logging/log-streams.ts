import type { LevelName } from './levels.ts'

/** `chatbot` holds everything, and is what is shipped; each of the other four is the archive of one retention class; `audit` stands apart. */
export const LOG_STREAMS = ['chatbot', 'debug', 'info', 'warning', 'error', 'audit'] as const

export type LogStream = (typeof LOG_STREAMS)[number]
export type Archive = Exclude<LogStream, 'chatbot' | 'audit'>

/** The one archive that a line of each level goes to, besides `chatbot`. */
export const ARCHIVE_OF: Readonly<Record<LevelName, Archive>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'error',
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
