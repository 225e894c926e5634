import { introducesContents } from '../../../text/page-words.ts'
import { fingerprintOf, lettersOf } from '../../../text/passages/segment-facts.ts'
import { type SelectedPassage, type Selection, SKIPPED } from './selection.ts'

interface Headings {
  readonly letters: ReadonlySet<string>
  readonly fingerprints: ReadonlySet<number>
}

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
      const items = segments.slice(first, blockLast + 1).flatMap(({ item, end }) => (item ? text.slice(item.textStart, end) : []))
      const isLong = asksForList || title.length > MAX_LEAD || items.length < LEAST_HEADINGS
      if (introducesContents(title) || (!isLong && countHeadings(items, headingsOf(documentId)) >= LEAST_HEADINGS))
        states.fill(SKIPPED, lead, blockLast + 1)
    }
  }
}

/** The headings of the passages found of a document. */
function readHeadings(passages: readonly SelectedPassage[], document: string): Headings {
  const own = passages.filter(({ candidate }) => candidate.passage.documentId === document)
  const headings = [...new Set(own.flatMap(({ candidate }) => candidate.passage.headings))]
  return {
    letters: new Set(headings.map(lettersOf)),
    fingerprints: new Set(headings.map(heading => fingerprintOf(heading, 0, heading.length))),
  }
}

function countHeadings(items: readonly string[], { letters, fingerprints }: Headings): number {
  return items.filter(item => fingerprints.has(fingerprintOf(item, 0, item.length)) && letters.has(lettersOf(item))).length
}
