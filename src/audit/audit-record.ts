import { createHash } from 'node:crypto'
import type { AuditEntry } from './audit-events.ts'

/** A record's position in the chain. */
export interface AuditLink {
  /** Consecutive, from 1. */
  readonly seq: number
  /** SHA-256 of the record, in hexadecimal. */
  readonly hash: string
}

/** A record read back from a file. Fields not named here are its facts. */
export interface AuditRecord extends AuditLink {
  readonly time: string
  /** Id of the trail. Records of early versions have none. */
  readonly trail?: string
  /** Whether it was written in one step with the record before it. */
  readonly grouped?: true
  readonly event: string
  readonly actor: string
  /** Hash of the previous record. */
  readonly previous: string
  readonly [fact: string]: unknown
}

export interface FormatOptions {
  /** Id of the trail. */
  readonly trailId?: string
  /** Whether the record is written in one step with the one before it. Default: false. */
  readonly isGrouped?: boolean
  /** Applied to every text among the facts; none by default. */
  readonly redact?: (text: string) => string
}

/** The link that the first record follows. */
export const CHAIN_START: AuditLink = { seq: 0, hash: '0'.repeat(64) }

const MAX_TEXT_CHARS = 1000
const HASH_AT_END = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/

/**
 * Formats an entry as the record after a link: one line of JSON without its line break. The last
 * field is the SHA-256 of the line without that field. The line is ASCII, with other characters
 * escaped, so every encoding and viewer shows the same text. Texts are cut at 1,000 characters.
 */
export function formatAuditRecord(entry: AuditEntry, { seq, hash: previous }: AuditLink, options: FormatOptions = {}) {
  const { trailId, isGrouped = false, redact = text => text } = options
  const { event, actor } = entry
  const facts = JSON.stringify(entry.facts ?? {}, (_, value) => (typeof value === 'string' ? cut(redact(value)) : value))
  const time = new Date(entry.time).toISOString()
  const record = {
    time,
    seq: seq + 1,
    trail: trailId,
    grouped: isGrouped || undefined,
    event,
    actor,
    ...JSON.parse(facts),
    previous,
  }
  const content = toAscii(JSON.stringify(record))
  const hash = digest(content)
  return { line: `${content.slice(0, -1)},"hash":"${hash}"}`, seq: seq + 1, hash }
}

/**
 * Parses a line, given as latin1 characters. Returns undefined unless it is a record whose hash
 * matches its bytes.
 */
export function parseAuditRecord(line: string): AuditRecord | undefined {
  const [, content, hash] = HASH_AT_END.exec(line) ?? []
  return content !== undefined && digest(`${content}}`) === hash ? (JSON.parse(line) as AuditRecord) : undefined
}

function digest(content: string): string {
  return createHash('sha256').update(content, 'latin1').digest('hex')
}

function toAscii(json: string): string {
  return json.replace(/[^ -~]/g, codeUnit => `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS)}… (${text.length - MAX_TEXT_CHARS} more)`
}
