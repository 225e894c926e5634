import { Readable } from 'node:stream'
import JSZip from 'jszip'
import mammoth from 'mammoth'
import { parseHtml } from '../html/html.ts'
import { unreadable } from '../limits/unreadable.ts'
import type { ParseBytes } from '../parsed-document.ts'
import { type Element, placeFootnotes } from './footnotes.ts'

/** Text that compresses to 10 MB has this size; a file that is made to exhaust memory has more. */
const MAX_TEXT_BYTES = 100_000_000
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  ...[1, 2, 3, 4, 5].map(level => `p[style-name='Heading ${level}'] => h${level + 1}:fresh`),
  "p[style-name='Subtitle'] => p:fresh",
  ...['Code', 'Source Code', 'HTML Preformatted', 'Preformatted Text', 'Macro Text', 'Code Block'].map(
    name => `p[style-name='${name}'] => pre:separator('\\n')`,
  ),
]
const MONOSPACED = /courier|consolas|mono|menlo|monaco|lucida console/i

/**
 * Parses a Word document (Office Open XML): headings, lists, tables, footnotes, and code by its
 * style or font. The title is that of the document's properties, or the paragraph of style "Title",
 * or the only heading of the first level.
 */
export const parseDocx: ParseBytes = async (bytes, checkTime, name) => {
  const zip = await openZip(bytes)
  await checkSize(zip)
  checkTime()
  const html = await toHtml(bytes)
  checkTime()
  const parsed = parseHtml(html, checkTime, name)
  const hasTitle = html.includes('<h1') || html.split('<h2').length === 2
  const title = (await readTitle(zip)) ?? (hasTitle ? parsed.title : undefined)
  return { sections: parsed.sections, ...(title !== undefined && { title }) }
}

async function openZip(bytes: Uint8Array): Promise<JSZip> {
  try {
    const zip = await JSZip.loadAsync(bytes)
    if (zip.file('[Content_Types].xml') !== null) return zip
  } catch (cause) {
    throw unreadable(isOldOffice(bytes) ? PROTECTED : 'Not a valid DOCX file', cause)
  }
  throw unreadable('Not a valid DOCX file')
}

const PROTECTED = 'The document is protected with a password, or in the format of Word 97. Save it as DOCX without a password'

/** Encrypted documents and those of old versions are in another container. */
function isOldOffice(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('hex') === 'd0cf11e0'
}

/** Rejects files whose XML is very large when it is decompressed. */
async function checkSize(zip: JSZip): Promise<void> {
  let size = 0
  for (const entry of Object.values(zip.files)) {
    if (!/\.(?:xml|rels)$/i.test(entry.name)) continue
    for await (const chunk of new Readable().wrap(entry.nodeStream())) {
      size += chunk.length
      if (size > MAX_TEXT_BYTES)
        throw unreadable(`The document is larger than ${MAX_TEXT_BYTES / 1e6} MB when it is decompressed`)
    }
  }
}

async function toHtml(bytes: Uint8Array): Promise<string> {
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer: Buffer.from(bytes) },
      { styleMap: STYLES, convertImage: mammoth.images.imgElement(async () => ({ src: '' })), transformDocument },
    )
    return value
  } catch (cause) {
    throw unreadable('Not a valid DOCX file', cause)
  }
}

/** Prepares a document: footnotes are in their sections. */
function transformDocument(document: Element): Element {
  return transformElement(placeFootnotes(document))
}

/** The first row of a table is its header. Paragraphs in a monospaced font are code. */
function transformElement(element: Element): Element {
  const children = element.children?.map(transformElement)
  if (children === undefined) return element
  if (element.type === 'table' && children.length > 1)
    return { ...element, children: children.map((row, i) => (i === 0 ? { ...row, isHeader: true } : row)) }
  const runs = children.filter(child => child.type === 'run' && (child.children?.length ?? 0) > 0)
  const isCode = element.type === 'paragraph' && runs.length > 0 && runs.every(({ font }) => MONOSPACED.test(font ?? ''))
  return {
    ...element,
    children,
    ...(isCode && !element.styleName?.startsWith('Heading') && { styleId: 'Code', styleName: 'Code' }),
  }
}

async function readTitle(zip: JSZip): Promise<string | undefined> {
  const properties = (await zip.file('docProps/core.xml')?.async('string')) ?? ''
  const title = /<dc:title>([^<]{1,1000})<\/dc:title>/.exec(properties)?.[1]?.trim() ?? ''
  const shown = parseHtml(`<p>${title}</p>`, () => undefined, '').sections[0]?.blocks[0]?.text
  return shown === undefined || /^(?:untitled|document\d*|microsoft word.*)$/i.test(shown) ? undefined : shown
}
