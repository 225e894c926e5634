import { nameItem, nameRow } from '../../../text/item-name.ts'
import type { Listing } from '../../document.ts'
import type { Block } from '../../formats/parsed-document.ts'

const OUTER_ITEM = /^(?:-|\d+\.) /
const MAX_NAMES = 100
/** The header of a table and the rule below it. */
const HEADER_LINES = 2

/** The names of the outer items of a list, or of the rows of a table. Undefined for others. */
export function listingOf({ kind, text }: Block): Listing | undefined {
  if (kind !== 'list' && kind !== 'definition' && kind !== 'table') return undefined
  const lines = text.split('\n')
  const written = kind === 'table' ? lines.slice(HEADER_LINES).map(nameRow) : outerItems(lines).map(nameItem)
  const names = [...new Set(written.filter(name => name !== ''))].slice(0, MAX_NAMES)
  return names.length < 2 ? undefined : { of: kind === 'list' && /^\d/.test(text) ? 'steps' : 'items', names }
}

/** The first lines of the items that are not nested. */
function outerItems(lines: readonly string[]): readonly string[] {
  return lines.filter(line => OUTER_ITEM.test(line)).map(line => line.replace(OUTER_ITEM, ''))
}
