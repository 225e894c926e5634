import { FREE, NAMED, QUOTED } from './selected-passage.ts'
import type { Selection } from './selection.ts'

/** A longer part between two quoted ones stays omitted. UTF-16 code units. */
const MAX_GAP = 250

/** Quotes short parts between two quoted ones of a passage, except rows of a table. */
export function closeGaps({ quoted }: Selection, room: number): void {
  let left = room
  for (const passage of quoted) {
    const { segments, states } = passage
    for (let from = 1; from < segments.length; from++) {
      if (states[from] !== FREE || states[from - 1] !== QUOTED || segments[from]!.kind === 'row') continue
      let to = from
      while (states[to + 1] === FREE) to++
      const length = passage.costOf(from, to)
      if (states[to + 1] !== QUOTED || length > Math.min(left, MAX_GAP)) continue
      states.fill(QUOTED, from, to + 1)
      left -= length
    }
  }
}

/**
 * Spends the remaining room on the segments after each run, as far as these fit whole: those of the
 * first section first. A line that announces something comes with what it announces.
 */
export function fillRoom({ quoted, sections }: Selection, room: number): void {
  let left = room
  const passages = quoted.toSorted(
    ({ candidate: a }, { candidate: b }) =>
      sections.indexOf(a.section) - sections.indexOf(b.section) || b.probability - a.probability,
  )
  for (const passage of passages) {
    const { segments, states } = passage
    for (let from = 1; from < segments.length; from++) {
      if (states[from] !== FREE || states[from - 1] !== QUOTED) continue
      let to = from
      while (segments[to]!.announces && states[to + 1] === FREE) to++
      const length = passage.costOf(from, to)
      if (length > left || segments[to]!.announces) continue
      states.fill(QUOTED, from, to + 1)
      left -= length
    }
  }
}

/** Drops lines that announce what is not quoted, except the likeliest line of a passage. */
export function dropLooseEnds({ quoted }: Selection): void {
  for (const { segments, states } of quoted) {
    const best = segments.reduce((most, { probability }, i) => (states[i] === QUOTED ? Math.max(most, probability) : most), 0)
    for (let i = segments.length - 1; i >= 0; i--) {
      const { kind, probability, announces } = segments[i]!
      if (states[i] !== QUOTED || kind !== 'prose' || probability === best || !announces) continue
      const next = segments[i + 1]
      const announced = next && states.subarray(next.blockFirst, next.blockLast + 1)
      if (!announced?.some(state => state === QUOTED || state === NAMED)) states[i] = FREE
    }
  }
}
