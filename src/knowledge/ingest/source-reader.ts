import { readFile, stat } from 'node:fs/promises'
import { ChatError, messageOf } from '../../errors.ts'
import type { IncomingDocument } from '../document.ts'
import { readJsonLines } from '../formats/json-lines.ts'
import { formatOf, SOURCE_EXTENSIONS } from '../formats/source-format.ts'
import { decodeText } from '../formats/text-decoder.ts'
import { MAX_DOCUMENT_BYTES } from './document-reader.ts'
import type { SourceFile } from './source-finder.ts'

/** A document, or a problem. `where` is the file's path, with `:line` for JSON Lines. */
export type SourceItem =
  | { readonly kind: 'document'; readonly where: string; readonly document: IncomingDocument }
  | { readonly kind: 'broken'; readonly where: string; readonly problem: string }

/**
 * Reads the operator's documents from a file: one, or for JSON Lines one per line. Problems are
 * yielded, not thrown.
 */
export async function* readSource({ file, id }: SourceFile): AsyncGenerator<SourceItem> {
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
    yield { kind: 'document', where: file, document: { id, text: decodeText(await readFile(file)), format, ...origin } }
  } catch (error) {
    yield { kind: 'broken', where: file, problem: messageOf(error) }
  }
}

/** Rejects everything except regular files: a pipe or device might never end. */
async function statFile(file: string): Promise<{ readonly size: number }> {
  const found = await stat(file)
  if (!found.isFile()) throw unreadable('Not a regular file')
  return found
}

function unreadable(message: string): ChatError {
  return new ChatError('DOCUMENT_UNREADABLE', { message })
}
