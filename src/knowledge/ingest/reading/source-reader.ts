import { relative, sep } from 'node:path'
import { messageOf } from '../../../errors.ts'
import { type IncomingDocument, MAX_DOCUMENT_BYTES } from '../../document.ts'
import { readJsonLines } from '../../formats/json-lines.ts'
import { unreadable } from '../../formats/limits/unreadable.ts'
import { readFrontMatter } from '../../formats/markdown/front-matter.ts'
import { formatOf, isBinary, SOURCE_EXTENSIONS } from '../../formats/source-format.ts'
import { decodeText } from '../../formats/text-decoder.ts'
import { MAX_BINARY_BYTES } from '../document-reader.ts'
import { addMystTitles, addReferenceTitles, type CrossReferences } from '../linked-files/cross-references.ts'
import { expandIncludes } from '../linked-files/includes.ts'
import { expandPartials } from '../linked-files/partials.ts'
import { addressOf } from '../page-address.ts'
import { openRegularFile, readRegularFile } from '../regular-file.ts'
import type { SourceFile } from '../source-finder.ts'
import type { SharedParts } from '../survey/shared-parts.ts'

/**
 * A document, or a problem. `where` is the file's path, with `:line` for JSON Lines. `missing` are
 * files that it includes and that cannot be read; an `unfilled` page consists of such files.
 */
export type SourceItem =
  | { readonly kind: 'document'; readonly where: string; readonly document: IncomingDocument }
  | SourceProblem

export type SourceProblem =
  | { readonly kind: 'broken'; readonly where: string; readonly problem: string }
  | { readonly kind: 'draft'; readonly where: string }
  | { readonly kind: 'unfilled'; readonly where: string }
  | { readonly kind: 'incomplete'; readonly where: string; readonly missing: readonly string[] }

/** How the files of a run are read. */
export interface SourceOptions {
  /** Folders besides the one ingested that included files may be in. */
  readonly roots: readonly string[]
  /** Files that are never included, and folders whose files are not. */
  readonly privatePaths: readonly string[]
  readonly references: CrossReferences
  /** Web address of the folder ingested. */
  readonly baseUrl?: string
}

/** Reads the operator's document from a file. Problems are returned, not thrown. */
export async function readSource(
  source: SourceFile,
  shared: SharedParts,
  options: SourceOptions,
): Promise<readonly SourceItem[]> {
  const { file, id, base, root } = source
  const origin = { file, owner: 'operator' } as const
  try {
    const format = formatOf(file)
    if (format === undefined || format === 'json-lines')
      throw unreadable(`File extension is not one of ${SOURCE_EXTENSIONS.join(', ')}`)
    const bytes = readRegularFile(file, root, isBinary(format) ? MAX_BINARY_BYTES : MAX_DOCUMENT_BYTES)
    if (isBinary(format)) {
      const url = urlOf(source, undefined, options)
      return [{ kind: 'document', where: file, document: { id, text: '', bytes, format, ...given(url), ...origin } }]
    }
    const written = decodeText(bytes)
    const { isDraft, address } = format === 'markdown' ? readFrontMatter(written.replace(/\r\n?/g, '\n')) : NO_FACTS
    if (isDraft) return [{ kind: 'draft', where: file }]
    const folders = { file, roots: [base, ...options.roots], privatePaths: options.privatePaths }
    const whole = format === 'markdown' ? await expandPartials(written, folders) : written
    const { text: expanded, missing, isUnfilled } = await expandIncludes(whole, format, folders)
    if (isUnfilled) return [{ kind: 'unfilled', where: file }]
    const addTitles = format === 'rst' ? addReferenceTitles : format === 'markdown' ? addMystTitles : undefined
    const text = addTitles?.(expanded, source, options.references) ?? expanded
    const document = { id, text, format, ...given(urlOf(source, address, options)), ...shared, ...origin }
    return [
      ...(missing.length === 0 ? [] : [{ kind: 'incomplete', where: file, missing } as const]),
      { kind: 'document', where: file, document },
    ]
  } catch (error) {
    return [{ kind: 'broken', where: file, problem: messageOf(error) }]
  }
}

/**
 * Reads the operator's documents from a file of JSON Lines, with one line at a time in memory.
 * Problems are yielded, not thrown.
 */
export async function* readLines({ file, root }: SourceFile, { siteNames }: SharedParts): AsyncGenerator<SourceItem> {
  const shared = { format: 'text', file, owner: 'operator', ...(siteNames && { siteNames }) } as const
  try {
    for await (const item of readJsonLines(openRegularFile(file, root).descriptor)) {
      const where = `${file}:${item.line}`
      if (item.kind === 'broken') yield { kind: 'broken', where, problem: item.problem }
      else yield { kind: 'document', where, document: { ...item.document, ...shared } }
    }
  } catch (error) {
    yield { kind: 'broken', where: file, problem: messageOf(error) }
  }
}

function urlOf({ file, base }: SourceFile, address: string | undefined, { baseUrl }: SourceOptions): string | undefined {
  return addressOf(relative(base, file).split(sep).join('/'), address, baseUrl)
}

function given(url: string | undefined): { readonly url?: string } {
  return url === undefined ? {} : { url }
}

const NO_FACTS = { isDraft: false, address: undefined }
