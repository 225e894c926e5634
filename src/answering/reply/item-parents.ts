import type { RatedSegment } from '../candidate.ts'

/** A longer item is not added. */
const MAX_PARENT = 200

/**
 * Adds the items that contain a quoted item, because it means little without them. Returns all in
 * the order of the text.
 */
export function withParents(all: readonly RatedSegment[], quoted: readonly RatedSegment[]): readonly RatedSegment[] {
  const shown = new Map(quoted.map(segment => [segment.start, segment]))
  for (const { start, block, item } of quoted) {
    let indent = item?.indent ?? 0
    for (let i = indent === 0 ? 0 : all.findIndex(segment => segment.start === start); i > 0 && indent > 0; i--) {
      const above = all[i - 1]!
      if (above.block !== block) break
      if (above.item === undefined || above.item.indent >= indent) continue
      indent = above.item.indent
      if (above.end - above.start <= MAX_PARENT) shown.set(above.start, above)
    }
  }
  return shown.size === quoted.length ? quoted : [...shown.values()].sort((a, b) => a.start - b.start)
}
