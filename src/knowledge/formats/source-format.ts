import { extname } from 'node:path'
import type { BinaryFormat, DocumentFormat } from '../document.ts'

const FORMATS: Readonly<Record<string, DocumentFormat | 'json-lines'>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.mdx': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.rst': 'rst',
  '.txt': 'text',
  '.pdf': 'pdf',
  '.docx': 'docx',
  '.jsonl': 'json-lines',
  '.ndjson': 'json-lines',
}

/** File extensions that can be read, with the dot. */
export const SOURCE_EXTENSIONS: readonly string[] = Object.keys(FORMATS)

/**
 * Returns the format for a file name's extension, ignoring case; undefined for unknown extensions.
 */
export function formatOf(file: string): DocumentFormat | 'json-lines' | undefined {
  return FORMATS[extname(file).toLowerCase()]
}

/** Returns whether documents of a format are read from bytes instead of text. */
export function isBinary(format: DocumentFormat): format is BinaryFormat {
  return format === 'pdf' || format === 'docx'
}
