import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import type { Collector } from '../worlds/collector.ts'
import type { ServerWorld } from '../worlds/server-world.ts'

/** A place where data leaves the process, with all its texts. */
export interface Sink {
  readonly name: string
  readonly text: string
  /** Why the sink may hold parts of canaries; undefined if it may not. */
  readonly known?: string
  /** The user whose data it is: it may hold the canaries of this kind. */
  readonly ownKind?: string
}

/** Texts of sinks that the caller collected. */
export interface Collected {
  readonly collector: Collector
  readonly metrics: string
  readonly output: string
  /** Folder of temporary files. */
  readonly temporary: string
  /** Output of `pellucid` commands by command. */
  readonly commands: Readonly<Record<string, string>>
}

/** Counts, as logs and the terminal print them. They may equal a part of a secret by chance. */
const COUNTS = /… \(\d+ more characters\)|(?<= \w+=)\d+(?:\.\d+)?(?=\s)/g
/** The log without the audit trail. */
const LOG = '{chatbot,debug,info,warning,error}'

/** Reads the sinks that no canary may reach. The server has stopped. */
export function readSinks({ logDir }: ServerWorld, collected: Collected): readonly Sink[] {
  const { collector, metrics, output, temporary, commands } = collected
  const logs = (pattern: string) => files(logDir, pattern).flatMap(file => linesOf(file).map(textsOfLine))
  const exported = (path: string) => (collector.bodies[path] ?? []).map(body => textsOf(JSON.parse(body)).join('\n'))
  const texts: Readonly<Record<string, readonly string[]>> = {
    'log files': logs(`${LOG}/*.log`),
    'log archives': logs(`${LOG}/*.log.gz`),
    'stdout and stderr': [output],
    spans: exported('/v1/traces'),
    'exported metrics': exported('/v1/metrics'),
    // Without the numbers, which may equal a part of a secret.
    '/metrics': [metrics.replaceAll(/ [\d.e+-]+$/gm, '')],
    'audit trail': logs('audit/*.{log,log.gz}'),
    'temporary files': files(temporary, '**').map(file => readFileSync(file, 'latin1')),
    ...Object.fromEntries(Object.entries(commands).map(([name, text]) => [name, [text]])),
  }
  return Object.entries(texts).map(([name, parts]) => ({ name, text: parts.join('\n').replaceAll(COUNTS, '') }))
}

/**
 * Reads what is left in `DATA_DIR` after everything has been erased, free pages included. Ids of
 * removed documents stay in a table and in the index, so the table is emptied first.
 */
export function readErased(dataDir: string): readonly Sink[] {
  const bytes = (pattern: string) =>
    files(dataDir, pattern)
      .map(file => readFileSync(file, 'utf8'))
      .join('\n')
  const database = new DatabaseSync(join(dataDir, 'pellucid.sqlite'))
  const ids = database.prepare('SELECT document_id FROM document_changes').all()
  database.exec('PRAGMA secure_delete = ON; DELETE FROM document_changes; PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  const known = 'ids of removed documents'
  return [
    { name: 'database after erasure', text: bytes('*.sqlite*') },
    { name: 'ids in the database', text: ids.map(({ document_id }) => String(document_id)).join('\n'), known },
    { name: 'search index after erasure', text: bytes('*.bin'), known },
    { name: 'other files of DATA_DIR', text: bytes('*.{json,key,token,lock}') },
  ]
}

function files(folder: string, pattern: string): readonly string[] {
  return globSync(join(folder, pattern), { withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function linesOf(file: string): readonly string[] {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').filter(Boolean)
}

/** The texts of a line of JSON; another line, as commands print them, as it is. */
export function textsOfLine(line: string): string {
  return line.startsWith('{') ? textsOf(JSON.parse(line)).join('\n') : line
}

/**
 * All strings in a value, names included. Numbers are skipped: they may match by chance. OTLP sends
 * integers as strings.
 */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name === 'intValue' ? [] : [name, ...textsOf(inner)]))
}
