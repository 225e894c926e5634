import type { DocumentSummary } from '../../../src/knowledge/document.ts'

/** The document in a reply, without its text. */
export function describeDocument({ id, title, format, url, passageCount, textBytes, createdAt, updatedAt }: DocumentSummary) {
  return {
    documentId: id,
    title,
    format,
    ...(url !== undefined && { url }),
    passageCount,
    textBytes,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  }
}
