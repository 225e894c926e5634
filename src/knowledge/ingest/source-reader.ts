import { readFile, stat } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { ChatError, messageOf } from '../../errors.ts'
import type { IncomingDocument } from '../document.ts'
import { readJsonLines } from '../formats/json-lines.ts'
import { readFrontMatter } from '../formats/markdown/front-matter.ts'
import { formatOf, SOURCE_EXTENSIONS } from '../formats/source-format.ts'
import { decodeText } from '../formats/text-decoder.ts'
import { type CrossReferences, expandReferences } from './cross-references.ts'
import { MAX_DOCUMENT_BYTES } from './document-reader.ts'
import { expandIncludes } from './includes.ts'
import { addressOf } from './page-address.ts'
import type { SourceFile } from './source-finder.ts'

/** A document, or a problem. `where` is the file's path, with `:line` for JSON Lines. */
export type SourceItem =
  | { readonly kind: 'document'; readonly where: string; readonly document: IncomingDocument }
  | { readonly kind: 'broken'; readonly where: string; readonly problem: string }
  | { readonly kind: 'draft'; readonly where: string }

/** How the files of a run are read. */
export interface SourceOptions {
  /** Folders that included files may be in. */
  readonly roots: readonly string[]
  readonly references: CrossReferences
  /** Keys of the blocks of each file that many files contain. */
  readonly repeated: ReadonlyMap<string, readonly string[]>
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
    const { size } = await statFile(file)
    if (format === 'json-lines') {
      for await (const item of readJsonLines(file)) {
        const where = `${file}:${item.line}`
        if (item.kind === 'broken') yield { kind: 'broken', where, problem: item.problem }
        else yield { kind: 'document', where, document: { ...item.document, format: 'text', ...origin } }
      }
      return
    }
    if (size > MAX_DOCUMENT_BYTES) throw unreadable(`Larger than ${MAX_DOCUMENT_BYTES / 1e6} MB`)
    const written = decodeText(await readFile(file))
    const { isDraft, address } = format === 'markdown' ? readFrontMatter(written.replace(/\r\n?/g, '\n')) : NO_FACTS
    if (isDraft) return yield { kind: 'draft', where: file }
    const url = addressOf(relative(base, file).split(sep).join('/'), address, options.baseUrl)
    const included = await expandIncludes(written, format, { file, roots: [base, ...options.roots] })
    const text = format === 'rst' ? expandReferences(included, source, options.references) : included
    const repeated = options.repeated.get(file)
    yield {
      kind: 'document',
      where: file,
      document: { id, text, format, ...(url !== undefined && { url }), ...(repeated !== undefined && { repeated }), ...origin },
    }
  } catch (error) {
    yield { kind: 'broken', where: file, problem: messageOf(error) }
  }
}

const NO_FACTS = { isDraft: false, address: undefined }

/** Rejects everything except regular files: a pipe or device might never end. */
async function statFile(file: string): Promise<{ readonly size: number }> {
  const found = await stat(file)
  if (!found.isFile()) throw unreadable('Not a regular file')
  return found
}

function unreadable(message: string): ChatError {
  return new ChatError('DOCUMENT_UNREADABLE', { message })
}
