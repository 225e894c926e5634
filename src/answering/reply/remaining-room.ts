import type { Candidate } from '../choice.ts'
import { sectionOf } from './quoted-section.ts'
import { costOf, FREE, lengthOf, NAMED, QUOTED } from './run-extent.ts'

/** UTF-16 code units of a heading with its marks. */
export const HEADING_COST = 50
/** A longer part between two quoted ones stays omitted. UTF-16 code units. */
const MAX_GAP = 250

/** UTF-16 code units of all that is quoted, with the headings. */
export function lengthOfQuotes(candidates: readonly Candidate[], taken: readonly Uint8Array[]): number {
  let length = 0
  const sections = new Set<string>()
  for (const [place, candidate] of candidates.entries()) {
    const { segments } = candidate
    const marks = taken[place]!
    for (let i = 0; i < segments.length; i++) {
      if (marks[i] !== QUOTED) continue
      sections.add(sectionOf(candidate))
      length += marks[i - 1] === QUOTED ? costOf(segments, i, i) : lengthOf(segments, i, i)
    }
  }
  return length + HEADING_COST * sections.size
}

/** Quotes short parts between two quoted ones of a passage, except rows of a table. */
export function closeGaps(candidates: readonly Candidate[], taken: readonly Uint8Array[], room: number): void {
  let left = room
  for (const [place, { segments }] of candidates.entries()) {
    const marks = taken[place]!
    for (let from = 1; from < segments.length; from++) {
      if (marks[from] !== FREE || marks[from - 1] !== QUOTED || segments[from]!.kind === 'row') continue
      let to = from
      while (marks[to + 1] === FREE) to++
      const length = costOf(segments, from, to)
      if (marks[to + 1] !== QUOTED || length > Math.min(left, MAX_GAP)) continue
      marks.fill(QUOTED, from, to + 1)
      left -= length
    }
  }
}

/**
 * Spends the remaining room on the segments after each run, as far as these fit whole: those of the
 * first section first. A line that announces something comes with what it announces.
 */
export function fillRoom(
  candidates: readonly Candidate[],
  taken: readonly Uint8Array[],
  sections: readonly string[],
  room: number,
): void {
  let left = room
  const order = (candidate: Candidate) => sections.indexOf(sectionOf(candidate))
  for (const [place, candidate] of [...candidates.entries()].sort(([, a], [, b]) => order(a) - order(b) || b.mass - a.mass)) {
    const { segments } = candidate
    const marks = taken[place]!
    for (let from = 1; from < segments.length; from++) {
      if (marks[from] !== FREE || marks[from - 1] !== QUOTED) continue
      let to = from
      while (segments[to]!.announces && marks[to + 1] === FREE) to++
      const length = costOf(segments, from, to)
      if (length > left || segments[to]!.announces) continue
      marks.fill(QUOTED, from, to + 1)
      left -= length
    }
  }
}

/** Drops lines that announce what is not quoted, except the likeliest line of a passage. */
export function dropLooseEnds(candidates: readonly Candidate[], taken: readonly Uint8Array[]): void {
  for (const [place, candidate] of candidates.entries()) {
    const { segments } = candidate
    const marks = taken[place]!
    const isQuoted = (_: unknown, i: number) => marks[i] === QUOTED
    const best = Math.max(...segments.filter(isQuoted).map(({ probability }) => probability))
    for (let i = segments.length - 1; i >= 0; i--) {
      const { kind, probability, announces } = segments[i]!
      if (marks[i] !== QUOTED || kind !== 'prose' || probability === best || !announces) continue
      const next = segments[i + 1]?.block
      if (!segments.some(({ block }, k) => block === next && (isQuoted(block, k) || marks[k] === NAMED))) marks[i] = FREE
    }
  }
}
