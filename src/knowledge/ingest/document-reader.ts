import { createHash } from 'node:crypto'
import { ChatError } from '../../errors.ts'
import type { Redact } from '../../reply-text.ts'
import type { Document, DocumentFormat, IncomingDocument } from '../document.ts'
import { withoutFurniture } from '../formats/html/furniture.ts'
import type { Parse, ParsedDocument } from '../formats/parsed-document.ts'
import { createTimeBudget } from '../formats/time-budget.ts'
import { cutPassages } from './passage-cutter.ts'

/** Maximum size of a document in bytes of UTF-8. */
export const MAX_DOCUMENT_BYTES = 10_000_000

/**
 * Increase if a release cuts the same text into other passages: stored documents are then read
 * again.
 */
const READER_VERSION = 3

/** Parsers are loaded on first use: together they take 150 ms, which would slow down the start. */
const PARSERS: Readonly<Record<DocumentFormat, () => Promise<Parse>>> = {
  markdown: async () => (await import('../formats/markdown/markdown.ts')).parseMarkdown,
  html: async () => (await import('../formats/html/html.ts')).parseHtml,
  rst: async () => (await import('../formats/rst/restructured-text.ts')).parseRestructuredText,
  text: async () => (await import('../formats/plain-text.ts')).parsePlainText,
}

/**
 * Parses a document and cuts it into passages. Lone surrogates become U+FFFD, as in the database.
 * Takes about 1 ms per KB of Markdown, a tenth of that for other formats, and at most the CPU time
 * that `createTimeBudget` allows.
 * @throws {ChatError} DOCUMENT_UNREADABLE for more than 10 MB, NUL characters, or a structure that
 * cannot be parsed within these limits.
 */
export async function readDocument(incoming: IncomingDocument, redact?: Redact): Promise<Document> {
  const text = incoming.text.toWellFormed()
  checkText(text)
  const { repeated = [], ...kept } = incoming
  const whole = parse(await PARSERS[incoming.format](), text, incoming.id)
  const parsed = withoutFurniture(whole, repeated)
  const title = incoming.title ?? parsed.title ?? incoming.id
  return {
    ...kept,
    text,
    title,
    hash: hashDocument(incoming),
    passages: cutPassages(parsed, title, incoming.url ?? incoming.id, redact),
  }
}

/**
 * Returns the SHA-256, in hex, of everything that a document's passages depend on. Much cheaper
 * than reading it.
 */
export function hashDocument({ id, title, format, url, text, repeated }: IncomingDocument): string {
  return createHash('sha256')
    .update(JSON.stringify([READER_VERSION, id, title, format, url, repeated]))
    .update(text)
    .digest('hex')
}

function checkText(text: string): void {
  if (text.length > MAX_DOCUMENT_BYTES || Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    throw new ChatError('DOCUMENT_UNREADABLE', { message: `The document is larger than ${MAX_DOCUMENT_BYTES / 1e6} MB` })
  }
  if (text.includes('\0'))
    throw new ChatError('DOCUMENT_UNREADABLE', { message: 'The document contains NUL characters and is not text' })
}

function parse(parser: Parse, text: string, name: string): ParsedDocument {
  try {
    return parser(text.replace(/\r\n?/g, '\n'), createTimeBudget(text.length), name)
  } catch (cause) {
    if (cause instanceof ChatError) throw cause
    // Parsers recurse: a stack overflow ends here, and so do defects of the parsers.
    throw new ChatError('DOCUMENT_UNREADABLE', {
      cause,
      ...(cause instanceof RangeError && { message: 'The document is nested too deeply' }),
    })
  }
}
