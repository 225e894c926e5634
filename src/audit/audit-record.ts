import { createHash } from 'node:crypto'
import type { AuditEntry } from './audit-events.ts'

/** A record's place in the chain. */
export interface AuditLink {
  /** From 1, without gaps. */
  readonly seq: number
  /** SHA-256 of the record in hexadecimal digits. */
  readonly hash: string
}

/** A record as it was read back; what is not named here are its facts. */
export interface AuditRecord extends AuditLink {
  readonly time: string
  readonly event: string
  readonly actor: string
  /** The hash of the record before. */
  readonly previous: string
  readonly [fact: string]: unknown
}

/** Where a chain begins: what the first record names as the one before it. */
export const CHAIN_START: AuditLink = { seq: 0, hash: '0'.repeat(64) }

const MAX_TEXT_CHARS = 1000
const HASH_AT_END = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/

/**
 * Writes an entry as the record that follows another: one line of JSON without its line break, whose last field is the SHA-256 of the line without
 * that field. The line is ASCII: whatever else stands in it is escaped, so that no encoding and no viewer can read it differently. A fact's texts
 * are cut at 1,000 characters.
 *
 * @param redact What every text among the facts goes through first.
 */
export function formatAuditRecord(entry: AuditEntry, { seq, hash: previous }: AuditLink, redact = (text: string) => text) {
  const { event, actor, time } = entry
  const facts = JSON.stringify(entry.facts ?? {}, (_, value) => (typeof value === 'string' ? cut(redact(value)) : value))
  const record = { time: new Date(time).toISOString(), seq: seq + 1, event, actor, ...JSON.parse(facts), previous }
  const content = toAscii(JSON.stringify(record))
  const hash = digest(content)
  return { line: `${content.slice(0, -1)},"hash":"${hash}"}`, seq: seq + 1, hash }
}

/** Reads a line, its bytes as latin1 characters; undefined unless it is a record with its own hash, byte for byte. */
export function parseAuditRecord(line: string): AuditRecord | undefined {
  const [, content, hash] = HASH_AT_END.exec(line) ?? []
  return content !== undefined && digest(`${content}}`) === hash ? (JSON.parse(line) as AuditRecord) : undefined
}

function digest(content: string): string {
  return createHash('sha256').update(content, 'latin1').digest('hex')
}

function toAscii(json: string): string {
  return json.replace(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS)}… (${text.length - MAX_TEXT_CHARS} more)`
}
