import { introducesContents } from '../../../text/page-words.ts'
import { fingerprintOf, lettersOf } from '../../../text/passages/segment-facts.ts'
import { blockEndAt, isInBlockOf, kindAt, startAt } from '../../../text/passages/segment-table.ts'
import type { Candidate, RatedSegment } from '../../candidate.ts'
import { type SelectedPassage, SKIPPED } from './selected-passage.ts'
import type { Selection } from './selection.ts'

/** The headings of the passages found of a document, by their fingerprints. */
type Headings = ReadonlyMap<number, readonly string[]>

/** Items of a list that are headings of its document, which make it a table of contents. */
const LEAST_HEADINGS = 3
/** A list after a longer line is an answer of its own. UTF-16 code units. */
const MAX_LEAD = 25

/**
 * Skips tables of contents and the lines that introduce them: lists below such a title, and those
 * with the headings of other sections of their document. Only headings of the passages found are
 * known.
 * @param asksForList If so, headings may be what is asked for.
 */
export function skipContents(selection: Selection, asksForList: boolean): void {
  const known = new Map<string, Headings>()
  const headingsOf = (document: string) => {
    const headings = known.get(document) ?? readHeadings(selection.candidates, document)
    known.set(document, headings)
    return headings
  }
  selection.skip(passage => {
    const { candidate, states, count } = passage
    const { text, documentId } = candidate.passage
    for (let first = 0; first < count; first++) {
      const last = listEnd(passage, first)
      if (last === undefined) continue
      const lead = first > 0 && passage.announces(first - 1) ? first - 1 : first
      const title = text.slice(startAt(candidate.table, lead), startAt(candidate.table, first)).trim()
      const mayHaveHeadings = !asksForList && title.length <= MAX_LEAD && last - first + 1 >= LEAST_HEADINGS
      const hasHeadings = () =>
        countHeadings(passage.segments.slice(first, last + 1), text, headingsOf(documentId)) >= LEAST_HEADINGS
      if (introducesContents(title) || (mayHaveHeadings && hasHeadings())) states.fill(SKIPPED, lead, last + 1)
    }
  })
}

/** The last segment of the list that begins with a segment. */
function listEnd({ candidate: { table } }: SelectedPassage, first: number): number | undefined {
  const begins = kindAt(table, first) === 'item' && (first === 0 || !isInBlockOf(table, first, first - 1))
  return begins ? blockEndAt(table, first) : undefined
}

function readHeadings(candidates: readonly Candidate[], document: string): Headings {
  const own = candidates.filter(({ passage }) => passage.documentId === document)
  const headings = new Set(own.flatMap(({ passage }) => passage.headings))
  return Map.groupBy(headings, heading => fingerprintOf(heading, 0, heading.length))
}

function countHeadings(items: readonly RatedSegment[], text: string, headings: Headings): number {
  const isHeading = ({ item, end }: RatedSegment) => {
    const similar = item && headings.get(fingerprintOf(text, item.textStart, end))
    return similar?.some(heading => lettersOf(heading) === lettersOf(text.slice(item!.textStart, end)))
  }
  return items.filter(isHeading).length
}
