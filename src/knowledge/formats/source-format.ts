import { extname } from 'node:path'
import type { DocumentFormat } from '../document.ts'

const FORMATS: Readonly<Record<string, DocumentFormat | 'json-lines'>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.rst': 'rst',
  '.txt': 'text',
  '.jsonl': 'json-lines',
  '.ndjson': 'json-lines',
}

/** Name endings of the files that can be read, each with its dot. */
export const SOURCE_EXTENSIONS: readonly string[] = Object.keys(FORMATS)

/** The format that a file's name says it has, in whatever case; undefined for one that is not read. */
export function formatOf(file: string): DocumentFormat | 'json-lines' | undefined {
  return FORMATS[extname(file).toLowerCase()]
}
