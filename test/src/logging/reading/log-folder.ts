import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import { type LogsOptions, runLogs } from '../../../../src/cli/log/logs.ts'
import type { LogQuery } from '../../../../src/logging/reading/log-query.ts'
import { type ReadOptions, readLog } from '../../../../src/logging/reading/log-reader.ts'

export const START = Date.parse('2026-01-15T10:00:00.000Z')
const NUMBERS: Readonly<Record<string, number>> = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 }

/** Creates a record in the logger's format, `afterMs` after the start time of all tests. */
export function line(afterMs: number, fields: Readonly<Record<string, unknown>> = {}): string {
  const { level = 'INFO', module = 'app', function: fn = 'main', msg = 'Something happened', ...context } = fields
  const time = new Date(START + afterMs).toISOString()
  return JSON.stringify({
    level,
    level_number: NUMBERS[String(level)],
    time,
    service: 'chatbot',
    module,
    function: fn,
    ...context,
    msg,
  })
}

/**
 * Creates a log folder with these files, by name without folder. `.gz` files are compressed; lines
 * get line breaks, bytes do not.
 */
export function makeLogFolder(t: Test, files: Readonly<Record<string, readonly string[] | Buffer>>): string {
  const dir = t.testdir()
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name.split('.')[0] ?? '', name)
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content.map(text => `${text}\n`).join(''))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, name.endsWith('.gz') && !Buffer.isBuffer(content) ? gzipSync(bytes) : bytes)
  }
  return dir
}

/** Returns the texts of the lines that a query finds, and the reported problems. */
export async function readAll(dir: string, query: LogQuery = {}, options: Partial<ReadOptions> = {}) {
  const texts: string[] = []
  const problems: string[] = []
  const onProblem = (path: string, problem: string) => void problems.push(`${path}: ${problem}`)
  for await (const lines of readLog(dir, query, { onProblem, ...options })) texts.push(...lines.map(({ text }) => text))
  return { texts, problems }
}

/** Runs the command on a folder, with a pipe as its output. */
export async function runCommand(
  dir: string,
  options: LogsOptions,
  wait: (out: () => string) => Promise<boolean> = async () => false,
) {
  let out = ''
  let err = ''
  const stdout = new PassThrough()
    .setEncoding('utf8')
    .on('data', (text: string) => (out += text)) as unknown as NodeJS.WriteStream
  const stderr = {
    write(text: string) {
      err += text
      return true
    },
  }
  const code = await runLogs(options, {
    dir,
    stdout,
    stderr,
    namesOf: (kind, id) => [id, `${kind[0]}_${id}`],
    wait: () => wait(() => out),
  })
  await new Promise(resolve => setImmediate(resolve))
  return { code, out, err }
}
