import type { DocumentFormat, DocumentOwner, DocumentSummary, Listing, Passage } from '../../knowledge/document.ts'

/** A row of the view `document_summaries`. */
export interface DocumentRow {
  readonly id: string
  readonly title: string
  readonly format: DocumentFormat
  readonly url: string | null
  readonly file: string | null
  readonly owner: DocumentOwner
  readonly hash: string
  readonly passage_count: number
  readonly text_bytes: number
  readonly created_at: number
  readonly updated_at: number
}

/** A row of the table `passages`. */
export interface PassageRow {
  readonly document_id: string
  readonly ordinal: number
  readonly headings: string
  readonly location: string
  readonly text: string
  /** JSON. */
  readonly listing: string | null
}

/** Converts a row to a document without its passages. */
export function toSummary(row: DocumentRow): DocumentSummary {
  return {
    id: row.id,
    title: row.title,
    format: row.format,
    ...(row.url !== null && { url: row.url }),
    ...(row.file !== null && { file: row.file }),
    owner: row.owner,
    hash: row.hash,
    passageCount: row.passage_count,
    textBytes: row.text_bytes,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** Converts a row to a passage. */
export function toPassage({ ordinal, headings, location, text, listing }: Omit<PassageRow, 'document_id'>): Passage {
  const listed = listing === null ? undefined : (JSON.parse(listing) as Listing)
  return { ordinal, headings: JSON.parse(headings) as string[], location, text, ...(listed !== undefined && { listing: listed }) }
}
