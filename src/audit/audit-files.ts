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

/** A line of a file, its bytes as latin1 characters. */
export interface AuditLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
  /** Whether a line break follows. */
  readonly ended: boolean
}

/** As `src/logging/log-streams.ts` names the files of every stream. */
const NAME = /^audit\.(\d{4}-\d\d-\d\d)\.(\d+)\.log(\.gz)?$/

/** Records stay far below; what is longer was not written by this service, and need not fit into memory. */
const MAX_LINE_CHARS = 1024 * 1024

/** The name of a file of a day's records; of more than the first where that was compressed before the day's last record. */
export function auditFileName(day: string, number = 1): string {
  return `audit.${day}.${number}.log`
}

/** The trail's files, oldest first. Of a file that stands there both plain and compressed, as a crash may leave it, the plain one counts. */
export function listAuditFiles(dir: string): readonly AuditFile[] {
  const found = new Map<string, AuditFile>()
  // Sorted backwards, a plain file comes after its compressed form.
  for (const name of readNames(dir).sort().reverse()) {
    const [, day, number, gz] = NAME.exec(name) ?? []
    if (day === undefined || number === undefined) continue
    found.set(`${day}.${number.padStart(8, '0')}`, { name, day, number: Number(number), compressed: gz !== undefined })
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
}

/**
 * Streams the lines of all files, oldest first, in bounded memory; of a line longer than 1 MiB only the beginning is handed on.
 * @throws the system's error where a file cannot be read, or zlib's where a compressed one is damaged.
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
  // A file may be compressed between its being listed and its turn.
  if (!compressed && !existsSync(path)) return openFile(`${path}.gz`, true)
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  // The callback has nothing to do: the reader of the stream meets the same error.
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
