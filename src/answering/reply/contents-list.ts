import { lettersOf } from '../../text/segment-facts.ts'
import type { Candidate, RatedSegment } from '../choice.ts'
import { leadOf, SKIPPED } from './run-extent.ts'

/** A line that introduces a table of contents. */
const TITLE =
  /^(?:menu|(?:table of )?contents|on this page|in this (?:article|chapter|guide|page|section)|inhalt(?:sverzeichnis)?)\W*$/i
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
export function skipContents(candidates: readonly Candidate[], taken: readonly Uint8Array[], asksForList: boolean): void {
  const known = new Map<string, ReadonlySet<string>>()
  const headingsOf = (document: string) => {
    const headings = known.get(document) ?? readHeadings(candidates, document)
    known.set(document, headings)
    return headings
  }
  for (const [place, candidate] of candidates.entries()) {
    const { segments, passage } = candidate
    const isHeading = ({ item, end }: RatedSegment) =>
      headingsOf(passage.documentId).has(lettersOf(passage.text.slice(item!.textStart, end)))
    for (const [first, { start, kind, block }] of segments.entries()) {
      if (kind !== 'item' || segments[first - 1]?.block === block) continue
      const lead = leadOf(candidate, first) === undefined ? first : first - 1
      const title = passage.text.slice(segments[lead]!.start, start).trim()
      const items = segments.filter(other => other.block === block)
      const hasHeadings =
        !asksForList &&
        title.length <= MAX_LEAD &&
        items.filter(one => one.kind === 'item' && isHeading(one)).length >= LEAST_HEADINGS
      if (TITLE.test(title) || hasHeadings) taken[place]!.fill(SKIPPED, lead, first + items.length)
    }
  }
}

/** The headings of the passages found of a document. */
function readHeadings(candidates: readonly Candidate[], document: string): ReadonlySet<string> {
  const own = candidates.filter(({ passage }) => passage.documentId === document)
  return new Set(own.flatMap(({ passage }) => passage.headings).map(lettersOf))
}
