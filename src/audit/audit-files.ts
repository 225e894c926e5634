import { closeSync, createReadStream, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { errnoOf } from '../errors.ts'

/** The day and number that identify a file of the trail. */
export interface AuditPlace {
  /** `YYYY-MM-DD`. */
  readonly day: string
  /** Number of the file among those of its day, from 1. */
  readonly number: number
}

/** A file of the trail, plain or compressed. */
export interface AuditFile extends AuditPlace {
  readonly name: string
  readonly compressed: boolean
}

/** A line of a file, decoded as latin1. */
export interface AuditLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
  /** Whether a line break follows. */
  readonly ended: boolean
}

/** The name format of every log stream; see `src/logging/log-streams.ts`. */
const NAME = /^audit\.(\d{4}-\d\d-\d\d)\.(\d+)\.log(\.gz)?$/

/** 1 MiB. A record is a few hundred bytes, at most a few KiB. */
export const MAX_READ_BYTES = 1024 * 1024

/**
 * Returns the name of a day's file. A day has more than one file if the first was compressed before
 * the day's last record.
 */
export function auditFileName(day: string, number = 1): string {
  return `audit.${day}.${number}.log`
}

/**
 * Lists the trail's files, oldest first. A crash can leave a file both plain and compressed; only
 * the plain one is listed then.
 */
export function listAuditFiles(dir: string): readonly AuditFile[] {
  const found = new Map<string, AuditFile>()
  // In descending order a plain file follows its compressed form and replaces it.
  for (const name of readNames(dir).sort().reverse()) {
    const [, day, number, gz] = NAME.exec(name) ?? []
    if (day === undefined || number === undefined) continue
    found.set(auditFileName(day, Number(number)), { name, day, number: Number(number), compressed: gz !== undefined })
  }
  return [...found.values()].sort(comparePlaces)
}

/** Orders files from the oldest to the newest. */
export function comparePlaces(one: AuditPlace, other: AuditPlace): number {
  if (one.day === other.day) return one.number - other.number
  return one.day < other.day ? -1 : 1
}

/** Reads at most 1 MiB of a plain file as latin1: from an offset, or its end by default. */
export function readPart(path: string, from?: number): string {
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    const start = from ?? Math.max(0, size - MAX_READ_BYTES)
    const buffer = Buffer.alloc(Math.min(MAX_READ_BYTES, Math.max(0, size - start)))
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, start))
  } finally {
    closeSync(fd)
  }
}

/**
 * Streams the lines of files, oldest first and all by default, in bounded memory. A line is cut at
 * 1 MiB.
 * @throws the system's error if a file cannot be read; zlib's error if a compressed file is
 *   damaged.
 */
export async function* readAuditLines(dir: string, files = listAuditFiles(dir)): AsyncGenerator<AuditLine> {
  for (const { name, compressed } of files) {
    let line = 0
    let rest = ''
    for await (const chunk of openFile(join(dir, name), compressed)) {
      const parts = (chunk as Buffer).toString('latin1').split('\n')
      parts[0] = rest + parts[0]
      rest = (parts.pop() ?? '').slice(0, MAX_READ_BYTES)
      for (const text of parts) yield { file: name, line: ++line, text, ended: true }
    }
    if (rest !== '') yield { file: name, line: ++line, text: rest, ended: false }
  }
}

function openFile(path: string, compressed: boolean): Readable {
  // Retention may have compressed the file since it was listed.
  if (!compressed && !existsSync(path)) return openFile(`${path}.gz`, true)
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  // The callback ignores the error because the reader of the stream receives it too.
  return compressed ? pipeline(file, createGunzip(), () => undefined) : file
}

function readNames(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}
