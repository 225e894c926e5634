import { cellsOf } from '../../../text/table-cells.ts'
import type { RatedSegment } from '../../candidate.ts'
import { NAMED, QUOTED, type SelectedPassage } from './selected-passage.ts'

/** A table is short with at most this many rows and UTF-16 code units. */
const [SHORT_ROWS, SHORT_LENGTH] = [8, 500]
/** A row needs at least this share of what the best one has of the question. */
const LEAST_OF_BEST = 0.5
const WORDS = /[\p{L}\p{N}]+/gu

/** The words of a text in lower case, with digits and single letters. */
export function plainWordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(WORDS))
}

/** Whether a table is short, so it is quoted whole. It has the rows from `first` to `last`. */
export function isShort(segments: readonly RatedSegment[], first: number, last: number): boolean {
  return last - first < SHORT_ROWS && segments[last]!.end - segments[first]!.start <= SHORT_LENGTH
}

/**
 * Lists the segments of a passage that are quoted or named. A table that is quoted whole is listed
 * whole if it is short or the question asks for a list. Of others, the rows with much of the
 * question are listed, and those whose first cell has only words of it.
 * @param words All words of the question, as of `plainWordsOf`.
 */
export function listQuoted(
  { candidate, segments, states }: SelectedPassage,
  words: ReadonlySet<string>,
  asksForList: boolean,
): readonly RatedSegment[] {
  const { text } = candidate.passage
  const isKey = ({ start, end }: RatedSegment) => {
    const key = [...plainWordsOf(cellsOf(text.slice(start, end))[0] ?? '')]
    return key.length > 0 && key.every(word => words.has(word))
  }
  const chosen: RatedSegment[] = []
  for (let first = 0; first < segments.length; first = segments[first]!.blockLast + 1) {
    const { kind, blockLast } = segments[first]!
    const block = segments.slice(first, blockLast + 1)
    const shown = block.filter((_, i) => states[first + i] === QUOTED || states[first + i] === NAMED)
    if (kind !== 'row' || states[first] === NAMED) chosen.push(...shown)
    else {
      const isWhole = shown.length === block.length && (asksForList || isShort(segments, first, blockLast))
      const best = Math.max(...shown.map(({ covered }) => covered))
      chosen.push(...shown.filter(row => isWhole || row.covered >= LEAST_OF_BEST * best || isKey(row)))
    }
  }
  return chosen
}
