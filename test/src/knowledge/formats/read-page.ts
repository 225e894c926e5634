import type { DocumentFormat, IncomingDocument } from '../../../../src/knowledge/document.ts'
import { readDocument } from '../../../../src/knowledge/ingest/document-reader.ts'

/** A sentence that is long enough to be a passage. */
export const LONG = 'This sentence is long enough to be a passage alone, which a shorter one would not be.'

/** Reads a page with the id `page`. */
export function readPage(format: DocumentFormat, text: string, rest: Partial<IncomingDocument> = {}) {
  return readDocument({ id: 'page', owner: 'operator', format, text, ...rest })
}

/** Returns the text of all passages of a page, without headings. */
export async function textOf(format: DocumentFormat, text: string): Promise<string> {
  return (await readPage(format, text)).passages.map(passage => passage.text).join('\n\n')
}
