import { hash } from 'node:crypto'
import type { PassageOrigin, Source } from '../answering/workings.ts'
import type { Turn } from '../chat/turn.ts'
import { checksumOf } from '../text/checksum.ts'
import type { SqlReader } from './sql.ts'

/** A source without its text, which is in the documents. Its checksum detects a change. */
export interface StoredSource extends Omit<Source, 'passage'> {
  /** The text of a source without an origin. Turns of older versions have it, too. */
  readonly passage?: string
  readonly checksum?: number
  /** Turns of older versions: SHA-256 instead of a checksum. */
  readonly hash?: string
}

/** Replaces the text of a source by its checksum. */
export function toStoredSource(source: Source): StoredSource {
  if (source.origin === undefined) return source
  const { passage, ...rest } = source
  return { ...rest, checksum: checksumOf(passage) }
}

/**
 * Adds the text to the sources of a turn that was read. A source whose text is not in its document
 * any more is `changed`.
 */
export function readPassages(sql: SqlReader, turn: Turn): Turn {
  const stored: readonly StoredSource[] = turn.receipt.sources
  const texts = readTexts(sql, stored)
  const sources = stored.map((source): Source => {
    const { hash, checksum, highlights, ...rest } = source
    if (!isInDocument(source)) return { ...source, passage: source.passage ?? '' }
    const passage = join(source.origin, texts)
    const isSame = checksum === undefined ? hashOf(passage) === hash : checksumOf(passage) === checksum
    if (!isSame) return { ...rest, passage: '', changed: true }
    return { ...rest, passage, ...(highlights && { highlights }) }
  })
  return { ...turn, receipt: { ...turn.receipt, sources } }
}

/** Whether the text of a source is in its document, and not in the turn. */
function isInDocument(source: StoredSource): source is StoredSource & { readonly origin: PassageOrigin } {
  return source.origin !== undefined && (source.checksum !== undefined || source.hash !== undefined)
}

/** Reads the passages that these sources need: document, ordinal and text. */
function readTexts(sql: SqlReader, sources: readonly StoredSource[]): ReadonlyMap<string, string> {
  const refs = sources
    .filter(isInDocument)
    .flatMap(({ origin }) =>
      origin.pieces.flatMap(piece => (typeof piece === 'string' ? [] : [[origin.documentId, piece.ordinal]])),
    )
  if (refs.length === 0) return new Map()
  const rows = sql.all<{ document_id: string; ordinal: number; text: string }>`SELECT document_id, ordinal, text
    FROM json_each(${JSON.stringify(refs)}) AS ref
    JOIN passages ON document_id = ref.value ->> 0 AND ordinal = ref.value ->> 1`
  return new Map(rows.map(({ document_id, ordinal, text }) => [keyOf(document_id, ordinal), text]))
}

function join({ documentId, pieces }: PassageOrigin, texts: ReadonlyMap<string, string>): string {
  const parts = pieces.map(piece =>
    typeof piece === 'string' ? piece : (texts.get(keyOf(documentId, piece.ordinal)) ?? '').slice(piece.start, piece.end),
  )
  return parts.join('').toWellFormed()
}

function keyOf(documentId: string, ordinal: number): string {
  return `${ordinal} ${documentId}`
}

/** 96 bits. */
function hashOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 16)
}
