import type { Candidate, RatedSegment } from '../../choice.ts'
import { firstCellOf } from './table-columns.ts'

/** A table is short with at most this many rows and UTF-16 code units. */
const [SHORT_ROWS, SHORT_LENGTH] = [8, 500]
/** A row needs at least this share of what the best one has of the question. */
const LEAST_OF_BEST = 0.5
const WORDS = /[\p{L}\p{N}]+/gu

/** The words of a text in lower case, with digits and single letters. */
export function plainWordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(WORDS))
}

/** Whether a table is short, so it is quoted whole. @param rows All of them. */
export function isShort(rows: readonly RatedSegment[]): boolean {
  return rows.length <= SHORT_ROWS && rows.at(-1)!.end - rows[0]!.start <= SHORT_LENGTH
}

/**
 * Chooses the rows to quote. Of a table that is not taken whole, or is long and not asked for as a
 * list, these are the rows with much of the question. A row whose first cell has only words of the
 * question is one of them.
 * @param chosen The segments that are taken.
 * @param words All words of the question, as of `plainWordsOf`.
 */
export function chooseRows(
  { segments, passage: { text } }: Candidate,
  chosen: readonly RatedSegment[],
  words: ReadonlySet<string>,
  asksForList: boolean,
): readonly RatedSegment[] {
  const isChosen = new Set(chosen.map(({ start }) => start))
  const isKey = ({ start, end }: RatedSegment) => {
    const key = [...plainWordsOf(firstCellOf(text.slice(start, end)))]
    return key.length > 0 && key.every(word => words.has(word))
  }
  const isQuoted = new Set<RatedSegment>()
  for (const rows of Map.groupBy(segments, ({ block }) => block).values()) {
    if (rows[0]!.kind !== 'row') continue
    const taken = rows.filter(({ start }) => isChosen.has(start))
    const isWhole = taken.length === rows.length && (asksForList || isShort(rows))
    const best = Math.max(...taken.map(({ covered }) => covered))
    for (const row of taken) if (isWhole || row.covered >= LEAST_OF_BEST * best || isKey(row)) isQuoted.add(row)
  }
  return chosen.filter(segment => segment.kind !== 'row' || isQuoted.has(segment))
}
