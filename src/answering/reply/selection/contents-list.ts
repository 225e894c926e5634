import { introducesContents } from '../../../text/page-words.ts'
import { fingerprintOf, lettersOf } from '../../../text/passages/segment-facts.ts'
import type { RatedSegment } from '../../choice.ts'
import { type SelectedPassage, type Selection, SKIPPED } from './selection.ts'

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
export function skipContents({ passages }: Selection, asksForList: boolean): void {
  const known = new Map<string, Headings>()
  const headingsOf = (document: string) => {
    const headings = known.get(document) ?? readHeadings(passages, document)
    known.set(document, headings)
    return headings
  }
  for (const { candidate, segments, states } of passages) {
    const { text, documentId } = candidate.passage
    for (const [first, { start, kind, blockFirst, blockLast }] of segments.entries()) {
      if (kind !== 'item' || blockFirst !== first) continue
      const lead = segments[first - 1]?.announces ? first - 1 : first
      const title = text.slice(segments[lead]!.start, start).trim()
      const mayHaveHeadings = !asksForList && title.length <= MAX_LEAD && blockLast - first + 1 >= LEAST_HEADINGS
      const hasHeadings = () =>
        countHeadings(segments.slice(first, blockLast + 1), text, headingsOf(documentId)) >= LEAST_HEADINGS
      if (introducesContents(title) || (mayHaveHeadings && hasHeadings())) states.fill(SKIPPED, lead, blockLast + 1)
    }
  }
}

function readHeadings(passages: readonly SelectedPassage[], document: string): Headings {
  const own = passages.filter(({ candidate }) => candidate.passage.documentId === document)
  const headings = new Set(own.flatMap(({ candidate }) => candidate.passage.headings))
  return Map.groupBy(headings, heading => fingerprintOf(heading, 0, heading.length))
}

function countHeadings(items: readonly RatedSegment[], text: string, headings: Headings): number {
  const isHeading = ({ item, end }: RatedSegment) => {
    const similar = item && headings.get(fingerprintOf(text, item.textStart, end))
    return similar?.some(heading => lettersOf(heading) === lettersOf(text.slice(item!.textStart, end)))
  }
  return items.filter(isHeading).length
}
