import type { Token } from '../analysis.ts'

/**
 * Which words of the title and the headings say what these name, by their places: bit 0 is for the
 * first word of the title. Words after the first 32 all do.
 */
export type ContentWords = number

const BITS = 32
/** "What are actions?" is the name of actions, but "Not allowed" is not that of what is allowed. */
const NEGATIONS: ReadonlySet<string> = new Set(['not', 'no', 'without'])

/** Marks the words of the title and the headings that are negations, or no stop words. */
export function markContentWords(words: readonly Token[]): ContentWords {
  let marks = 0
  for (const [place, { word, stopWord }] of words.slice(0, BITS).entries())
    if (!stopWord || NEGATIONS.has(word)) marks |= 1 << place
  return marks >>> 0
}

/** Whether the word at a place of the title or the headings is marked. */
export function isContentWord(marks: ContentWords, place: number): boolean {
  return place >= BITS || ((marks >>> place) & 1) === 1
}

/** Counts the marked words from one place to another, which is exclusive. */
export function countContentWords(marks: ContentWords, start: number, end: number): number {
  let count = 0
  for (let place = start; place < end; place++) if (isContentWord(marks, place)) count++
  return count
}
