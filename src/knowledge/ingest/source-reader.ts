import { readFile } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { messageOf } from '../../errors.ts'
import { type BinaryFormat, type IncomingDocument, MAX_DOCUMENT_BYTES } from '../document.ts'
import { readJsonLines } from '../formats/json-lines.ts'
import { unreadable } from '../formats/limits/unreadable.ts'
import { readFrontMatter } from '../formats/markdown/front-matter.ts'
import { formatOf, isBinary, SOURCE_EXTENSIONS } from '../formats/source-format.ts'
import { decodeText } from '../formats/text-decoder.ts'
import { MAX_BINARY_BYTES } from './document-reader.ts'
import { addMystTitles, addReferenceTitles, type CrossReferences } from './linked-files/cross-references.ts'
import { expandIncludes } from './linked-files/includes.ts'
import { expandPartials } from './linked-files/partials.ts'
import { addressOf } from './page-address.ts'
import { sizeOfFile } from './regular-file.ts'
import type { SharedParts } from './shared-parts.ts'
import type { SourceFile } from './source-finder.ts'

/**
 * A document, or a problem. `where` is the file's path, with `:line` for JSON Lines. `missing` are
 * files that it includes and that cannot be read; an `unfilled` page consists of such files.
 */
export type SourceItem =
  | { readonly kind: 'document'; readonly where: string; readonly document: IncomingDocument }
  | { readonly kind: 'broken'; readonly where: string; readonly problem: string }
  | { readonly kind: 'draft'; readonly where: string }
  | { readonly kind: 'unfilled'; readonly where: string }
  | { readonly kind: 'incomplete'; readonly where: string; readonly missing: readonly string[] }

/** How the files of a run are read. */
export interface SourceOptions {
  /** Folders that included files may be in. */
  readonly roots: readonly string[]
  readonly references: CrossReferences
  readonly shared: SharedParts
  /** Web address of the folder ingested. */
  readonly baseUrl?: string
}

/**
 * Reads the operator's documents from a file: one, or for JSON Lines one per line. Problems are
 * yielded, not thrown.
 */
export async function* readSource(source: SourceFile, options: SourceOptions): AsyncGenerator<SourceItem> {
  const { file, id, base } = source
  const origin = { file, owner: 'operator' } as const
  try {
    const format = formatOf(file)
    if (format === undefined) throw unreadable(`File extension is not one of ${SOURCE_EXTENSIONS.join(', ')}`)
    const size = await sizeOfFile(file)
    if (format === 'json-lines') {
      const names = options.shared.siteNames.get(file)
      const siteNames = names && { siteNames: names }
      for await (const item of readJsonLines(file)) {
        const where = `${file}:${item.line}`
        if (item.kind === 'broken') yield { kind: 'broken', where, problem: item.problem }
        else yield { kind: 'document', where, document: { ...item.document, ...siteNames, format: 'text', ...origin } }
      }
      return
    }
    const limit = isBinary(format) ? MAX_BINARY_BYTES : MAX_DOCUMENT_BYTES
    if (size > limit) throw unreadable(`Larger than ${limit / 1e6} MB`)
    if (isBinary(format)) return yield { kind: 'document', where: file, document: await readBinary(source, format, options) }
    const written = decodeText(await readFile(file))
    const { isDraft, address } = format === 'markdown' ? readFrontMatter(written.replace(/\r\n?/g, '\n')) : NO_FACTS
    if (isDraft) return yield { kind: 'draft', where: file }
    const url = urlOf(source, address, options)
    const folders = { file, roots: [base, ...options.roots] }
    const whole = format === 'markdown' ? await expandPartials(written, folders) : written
    const included = await expandIncludes(whole, format, folders)
    if (included.isUnfilled) return yield { kind: 'unfilled', where: file }
    if (included.missing.length > 0) yield { kind: 'incomplete', where: file, missing: included.missing }
    const addTitles = format === 'rst' ? addReferenceTitles : format === 'markdown' ? addMystTitles : undefined
    const text = addTitles?.(included.text, source, options.references) ?? included.text
    const [repeated, siteNames] = [options.shared.repeated.get(file), options.shared.siteNames.get(file)]
    const facts = { ...(url !== undefined && { url }), ...(repeated && { repeated }), ...(siteNames && { siteNames }) }
    yield { kind: 'document', where: file, document: { id, text, format, ...facts, ...origin } }
  } catch (error) {
    yield { kind: 'broken', where: file, problem: messageOf(error) }
  }
}

async function readBinary(source: SourceFile, format: BinaryFormat, options: SourceOptions): Promise<IncomingDocument> {
  const { id, file } = source
  const url = urlOf(source, undefined, options)
  const bytes = await readFile(file)
  return { id, text: '', bytes, format, file, owner: 'operator', ...(url !== undefined && { url }) }
}

function urlOf({ file, base }: SourceFile, address: string | undefined, { baseUrl }: SourceOptions): string | undefined {
  return addressOf(relative(base, file).split(sep).join('/'), address, baseUrl)
}

const NO_FACTS = { isDraft: false, address: undefined }
