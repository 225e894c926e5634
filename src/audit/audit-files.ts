import { createReadStream, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { errnoOf } from '../errors.ts'

/** A file of the trail. */
export interface AuditFile {
  readonly name: string
  /** `YYYY-MM-DD`. */
  readonly day: string
  /** From 1. */
  readonly number: number
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

/** Records are far shorter. Anything longer was not written by this service. */
const MAX_LINE_CHARS = 1024 * 1024

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
    found.set(`${day}.${number.padStart(8, '0')}`, { name, day, number: Number(number), compressed: gz !== undefined })
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
}

/**
 * Streams the lines of all files, oldest first, in bounded memory. A line is cut at 1 MiB.
 * @throws the system's error if a file cannot be read; zlib's error if a compressed file is
 *   damaged.
 */
export async function* readAuditLines(dir: string): AsyncGenerator<AuditLine> {
  for (const { name, compressed } of listAuditFiles(dir)) {
    let line = 0
    let rest = ''
    for await (const chunk of openFile(join(dir, name), compressed)) {
      const parts = (chunk as Buffer).toString('latin1').split('\n')
      parts[0] = rest + parts[0]
      rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARS)
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
