import { createHash } from 'node:crypto'
import type { Block, ParsedDocument } from '../parsed-document.ts'

/**
 * Returns a short hash of a block that may be furniture: part of a site's layout instead of a
 * page's content. Code, and lead-ins such as "For example:", are always content.
 */
export function furnitureKey({ kind, text }: Block): string | undefined {
  if (kind === 'code' || text.endsWith(':')) return undefined
  return createHash('sha1').update(text).digest('base64url').slice(0, 12)
}

/** Removes the blocks with these keys, unless nothing would be left. */
export function withoutFurniture(document: ParsedDocument, keys: readonly string[]): ParsedDocument {
  if (keys.length === 0) return document
  const furniture = new Set(keys)
  const sections = document.sections.flatMap(section => {
    const blocks = section.blocks.filter(block => !furniture.has(furnitureKey(block) ?? ''))
    return blocks.length === 0 ? [] : [{ ...section, blocks }]
  })
  return sections.length === 0 ? document : { ...document, sections }
}
