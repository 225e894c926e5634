import { lettersOf } from '../../../text/passages/segment-facts.ts'
import type { RatedSegment } from '../../choice.ts'
import { FREE, QUOTED, type SelectedPassage, type Selection, SKIPPED } from './selection.ts'

/**
 * Skips the segments that repeat a quoted one of a passage, but for their punctuation. A line such
 * as "Example:" may occur more than once. Only segments with equal fingerprints are compared.
 */
export function skipCopies({ passages }: Selection, quoted: SelectedPassage): void {
  const originals = Map.groupBy(
    quoted.segments.filter((_, i) => quoted.states[i] === QUOTED),
    ({ fingerprint }) => fingerprint,
  )
  for (const passage of passages)
    for (const [i, segment] of passage.segments.entries()) {
      const similar = originals.get(segment.fingerprint)
      if (similar === undefined || passage.states[i] !== FREE || segment.announces) continue
      const letters = writtenLetters(passage, segment)
      if (similar.some(original => writtenLetters(quoted, original) === letters)) passage.states[i] = SKIPPED
    }
}

function writtenLetters({ candidate }: SelectedPassage, { start, end }: RatedSegment): string {
  return lettersOf(candidate.passage.text.slice(start, end))
}
