import { createHash } from 'node:crypto'
import { ChatError } from '../../errors.ts'
import type { Document, DocumentFormat, IncomingDocument } from '../document.ts'
import type { Parse, ParsedDocument } from '../formats/parsed-document.ts'
import { createTimeBudget } from '../formats/time-budget.ts'
import { cutPassages } from './passage-cutter.ts'

/** Bytes of UTF-8 in the longest document that is read. */
export const MAX_DOCUMENT_BYTES = 10_000_000

/** Counts up whenever another release would cut other passages from the same text: stored documents are then read anew. */
const READER_VERSION = 1

/** Each parser is loaded with the first document that needs it: together they take 150 ms, which a starting server has no use for. */
const PARSERS: Readonly<Record<DocumentFormat, () => Promise<Parse>>> = {
  markdown: async () => (await import('../formats/markdown.ts')).parseMarkdown,
  html: async () => (await import('../formats/html.ts')).parseHtml,
  rst: async () => (await import('../formats/restructured-text.ts')).parseRestructuredText,
  text: async () => (await import('../formats/plain-text.ts')).parsePlainText,
}

/**
 * Parses a document and cuts it into passages. Lone surrogates become U+FFFD, as they do in the database. Takes about 1 ms per KB of Markdown,
 * a tenth of that per KB of the other formats, and never more processor time than `createTimeBudget` allows.
 * @throws {ChatError} DOCUMENT_UNREADABLE for more than 10 MB, NUL characters, or a structure that cannot be parsed within bounds.
 */
export async function readDocument(incoming: IncomingDocument): Promise<Document> {
  const text = incoming.text.toWellFormed()
  checkText(text)
  const parsed = parse(await PARSERS[incoming.format](), text)
  const title = incoming.title ?? parsed.title ?? incoming.id
  return {
    ...incoming,
    text,
    title,
    hash: hashDocument(incoming),
    passages: cutPassages(parsed, title, incoming.url ?? incoming.id),
  }
}

/** SHA-256, in hex, of everything that a document's passages depend on. Cheap beside reading it. */
export function hashDocument({ id, title, format, url, text }: IncomingDocument): string {
  return createHash('sha256')
    .update(JSON.stringify([READER_VERSION, id, title, format, url]))
    .update(text)
    .digest('hex')
}

function checkText(text: string): void {
  if (text.length > MAX_DOCUMENT_BYTES || Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    throw new ChatError('DOCUMENT_UNREADABLE', { message: `The document is larger than ${MAX_DOCUMENT_BYTES / 1e6} MB` })
  }
  if (text.includes('\0'))
    throw new ChatError('DOCUMENT_UNREADABLE', { message: 'The document has NUL characters: it is no text' })
}

function parse(parser: Parse, text: string): ParsedDocument {
  try {
    return parser(text.replace(/\r\n?/g, '\n'), createTimeBudget(text.length))
  } catch (cause) {
    if (cause instanceof ChatError) throw cause
    // The parsers recurse: nesting past their stack ends here, as do their own defects.
    throw new ChatError('DOCUMENT_UNREADABLE', {
      cause,
      ...(cause instanceof RangeError && { message: 'The document is nested too deeply' }),
    })
  }
}
