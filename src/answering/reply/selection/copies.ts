import { lettersOf } from '../../../text/passages/segment-facts.ts'
import { endAt, fingerprintAt, startAt } from '../../../text/passages/segment-table.ts'
import { FREE, QUOTED, type SelectedPassage, SKIPPED } from './selected-passage.ts'
import type { Selection } from './selection.ts'

/**
 * Skips the segments that repeat a quoted one of a passage, but for their punctuation. A line such
 * as "Example:" may occur more than once. Only segments with equal fingerprints are compared.
 */
export function skipCopies(selection: Selection, quoted: SelectedPassage): void {
  const numbers = [...quoted.states.keys()].filter(i => quoted.states[i] === QUOTED)
  const originals = Map.groupBy(numbers, i => fingerprintAt(quoted.candidate.table, i))
  selection.skip(passage => {
    const { candidate, states, count } = passage
    for (let i = 0; i < count; i++) {
      if (states[i] !== FREE || passage.announces(i)) continue
      const similar = originals.get(fingerprintAt(candidate.table, i))
      const written = similar && writtenAt(passage, i)
      if (similar?.some(k => hasLettersOf(written!, writtenAt(quoted, k)))) states[i] = SKIPPED
    }
  })
}

function writtenAt({ candidate: { table, passage } }: SelectedPassage, i: number): string {
  return passage.text.slice(startAt(table, i), endAt(table, i))
}

function hasLettersOf(text: string, other: string): boolean {
  return text === other || lettersOf(text) === lettersOf(other)
}
