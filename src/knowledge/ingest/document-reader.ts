import { hash } from 'node:crypto'
import { ChatError } from '../../errors.ts'
import type { Redact } from '../../reply-text.ts'
import { type BinaryFormat, type Document, type IncomingDocument, MAX_DOCUMENT_BYTES, type TextFormat } from '../document.ts'
import { withoutFurniture } from '../formats/html/furniture.ts'
import { createTimeBudget } from '../formats/limits/time-budget.ts'
import { unreadable } from '../formats/limits/unreadable.ts'
import { withoutSiteNames } from '../formats/page-title.ts'
import type { Parse, ParseBytes, ParsedDocument } from '../formats/parsed-document.ts'
import { isBinary } from '../formats/source-format.ts'
import { writeMarkdown } from '../formats/write-markdown.ts'
import { cutPassages } from './passages/passage-cutter.ts'

/** CPU time for a file of a binary format: a page of a PDF takes 5 to 10 ms. */
const BINARY_BASE_MS = 40_000
/** Maximum size of a file of a binary format, most of which may be images. */
export const MAX_BINARY_BYTES = 50_000_000

/**
 * Increase if a release cuts the same text into other passages: stored documents are then read
 * again.
 */
const READER_VERSION = 10

/** Parsers are loaded on first use: together they take 150 ms, which would slow down the start. */
const loadMarkdown = once(() => import('../formats/markdown/markdown.ts'))
const PARSERS: Readonly<Record<TextFormat, (text: string) => Promise<Parse>>> = {
  markdown: async text => (await loadMarkdown()).loadMarkdownParser(text),
  html: once(async () => (await import('../formats/html/html.ts')).parseHtml),
  rst: once(async () => (await import('../formats/rst/restructured-text.ts')).parseRestructuredText),
  text: once(async () => (await import('../formats/plain-text.ts')).parsePlainText),
}
const BINARY_PARSERS: Readonly<Record<BinaryFormat, () => Promise<ParseBytes>>> = {
  pdf: once(async () => (await import('../formats/pdf/pdf.ts')).parsePdf),
  docx: once(async () => (await import('../formats/docx/docx.ts')).parseDocx),
}

/**
 * Parses a document and cuts it into passages. Lone surrogates become U+FFFD, as in the database.
 * The text of a binary format becomes Markdown.
 * Takes 0.1 to 0.6 ms per KB of text, and at most the CPU time that `createTimeBudget` allows.
 * @throws {ChatError} DOCUMENT_UNREADABLE for more than 10 MB, NUL characters, or a structure that
 * cannot be parsed within these limits.
 */
export async function readDocument(incoming: IncomingDocument, redact?: Redact): Promise<Document> {
  const { repeated = [], siteNames = [], bytes, ...kept } = incoming
  const { text, whole } = await parseIncoming(incoming)
  checkText(text)
  const written = incoming.title ?? whole.title ?? incoming.id
  const title = withoutSiteNames(written, siteNames)
  const parsed = withTitle(withoutFurniture(whole, repeated), written, title)
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
export function hashDocument({ id, title, format, url, text, bytes, repeated, siteNames }: IncomingDocument): string {
  const facts = JSON.stringify([READER_VERSION, id, title, format, url, repeated, siteNames])
  return hash('sha256', bytes === undefined ? facts + text : Buffer.concat([Buffer.from(facts), bytes]))
}

/** Removes the name of the site also from the heading that has the title. */
function withTitle(document: ParsedDocument, written: string, title: string): ParsedDocument {
  if (written === title) return document
  const sections = document.sections.map(section => ({
    ...section,
    headings: section.headings.map(heading => (heading === written ? title : heading)),
  }))
  return { ...document, sections }
}

function checkText(text: string): void {
  if (text.length > MAX_DOCUMENT_BYTES || Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    throw unreadable(`The document is larger than ${MAX_DOCUMENT_BYTES / 1e6} MB`)
  }
  if (text.includes('\0')) throw unreadable('The document contains NUL characters and is not text')
}

/** Parses a document. Returns its text as it is stored. */
async function parseIncoming({ id, format, text, bytes = new Uint8Array() }: IncomingDocument) {
  try {
    if (isBinary(format)) {
      const parser = await BINARY_PARSERS[format]()
      const whole = await parser(bytes, createTimeBudget(bytes.length, undefined, BINARY_BASE_MS), id)
      return { text: writeMarkdown(whole).toWellFormed(), whole }
    }
    const wellFormed = text.toWellFormed()
    checkText(wellFormed)
    const parser = await PARSERS[format](wellFormed)
    const whole = parser(wellFormed.replace(/\r\n?/g, '\n'), createTimeBudget(text.length), id)
    return { text: wellFormed, whole }
  } catch (cause) {
    if (cause instanceof ChatError) throw cause
    // Parsers recurse: a stack overflow ends here, and so do defects of the parsers.
    throw unreadable(cause instanceof RangeError ? 'The document is nested too deeply' : undefined, cause)
  }
}

/** Imports a module once: an import of a loaded module takes 50 µs. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => (loaded ??= load())
}
