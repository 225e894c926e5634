import { fixedText, joinTexts, type ReplyText } from '../../reply-text.ts'
import { nameItem, nameRow } from '../../text/item-name.ts'
import type { Candidate, RatedSegment } from '../choice.ts'
import { escapeWords } from './markdown.ts'
import { sectionOf } from './quoted-section.ts'
import { leadOf, lengthOf, NAMED, type Run, SKIPPED } from './run-extent.ts'

/** A list or table that is shown by the names of its items, or the names of a section's parts. */
export interface ListNames {
  /** The block whose segments the names replace. Undefined for parts: these follow the segments. */
  readonly block: number | undefined
  readonly isNumbered: boolean
  /** Those that fit, in order. */
  readonly shown: readonly string[]
  /** Whether some do not fit. */
  readonly isCut: boolean
}

/** What a question for a list gets: a run, of which a block may be shown by names. */
export interface ListRun {
  readonly run: Run
  readonly names?: ListNames
}

/** UTF-16 code units of a list marker and a line break. */
const MARKER_COST = 3
const OMISSION = '…'
/** An item with this share of the question's weight answers it: the list is no mere enumeration. */
const ANSWERS = 0.5
/** Headings of the parts of an article. Those of a reference are names. */
const ARTICLE =
  /^(?:overview|introduction|about|background|objectives|prerequisites|requirements|before you begin|install\w*|set ?up|getting started|quick ?start|usage|syntax|examples?|recap|summary|conclusion|next steps|what['’]?s next|see also|further reading|troubleshooting|notes?|faq)\b|^\p{Lu}\p{Ll}+ing \p{L}|\?$/iu

/**
 * The run for a question that asks for a list: the whole list or table at the found run, with the
 * line that introduces it. One that is too long, or that several passages divide, is shown by the
 * names of its items, from its beginning. A section without a list is followed by the names of its
 * parts. Undefined if there are none.
 * @param room UTF-16 code units.
 */
export function listRun(candidates: readonly Candidate[], found: Run, room: number): ListRun | undefined {
  const listed = listAt(candidates[found.place]!, found)
  if (listed === undefined) return partsRun(candidates[found.place]!, found, room)
  const isAnswered = candidates[found.place]!.segments.slice(listed.first, listed.last + 1).some(
    ({ covered }) => covered >= ANSWERS,
  )
  const divided = isAnswered ? undefined : dividedList(candidates, found.place, listed)
  if (divided !== undefined) return namesRun(candidates[divided.place]!, divided, divided.names, room)
  const { segments, passage } = candidates[found.place]!
  const [first, last] = [Math.min(found.first, listed.first), Math.max(found.last, listed.last)]
  if (lengthOf(segments, first, last) <= room) return { run: { ...found, first, last } }
  if (isAnswered) return undefined
  const own = segments.slice(listed.first, listed.last + 1)
  const outer = Math.min(...own.map(({ item }) => item?.indent ?? Number.POSITIVE_INFINITY))
  const names = own.flatMap(segment => (isOuter(segment, outer) ? [nameOf(segment, passage.text)] : []))
  return namesRun(candidates[found.place]!, { ...found, ...listed }, names, room)
}

/** Places of the first and the last segment of a list or table. */
interface Extent {
  readonly first: number
  readonly last: number
}

/** The last list or table of a run, or the one after it. */
function listAt({ segments }: Candidate, run: Run): Extent | undefined {
  const listed = segments.slice(run.first, run.last + 2).findLast(isListed)
  return listed && extentOf(segments, listed.block)
}

function extentOf(segments: readonly RatedSegment[], block: number): Extent {
  const isOf = (segment: RatedSegment) => segment.block === block
  return { first: segments.findIndex(isOf), last: segments.findLastIndex(isOf) }
}

/** The first passage read of a list that several divide, and the names of all items. */
function dividedList(candidates: readonly Candidate[], place: number, extent: Extent) {
  const { passage, segments } = candidates[place]!
  const names = passage.listing?.names ?? []
  const isOf = ({ passage: { text }, segments: all }: Candidate, { first }: Extent) => names.includes(nameOf(all[first]!, text))
  if (passage.listing?.of === 'parts' || !isOf(candidates[place]!, extent)) return undefined
  const others = candidates.flatMap((candidate, i) => {
    const own =
      candidate.passage.listing?.names.join('\n') === names.join('\n') && sectionOf(candidate) === sectionOf({ passage })
    const start = own
      ? candidate.segments.find(
          (segment, k, all) => isListed(segment) && isOf(candidate, { first: k, last: k }) && all[k - 1]?.block !== segment.block,
        )
      : undefined
    return start === undefined
      ? []
      : [{ place: i, ordinal: candidate.passage.ordinal, ...extentOf(candidate.segments, start.block) }]
  })
  const head = others.sort((a, b) => a.ordinal - b.ordinal)[0]
  const mass = segments.reduce((sum, { probability }) => sum + probability, 0)
  return { ...(head ?? { place, ...extent }), mass, names }
}

function namesRun(
  candidate: Candidate,
  { place, first: start, last, mass }: Run,
  names: readonly string[],
  room: number,
): ListRun {
  const { segments, passage } = candidate
  const first = leadOf(candidate, start) ?? start
  const { block, item } = segments[start]!
  const left = room - (segments[start]!.start - segments[first]!.start)
  const isNumbered = item?.isNumbered === true || passage.listing?.of === 'steps'
  return { run: { place, first, last, mass }, names: { block, isNumbered, ...fit(names, left) } }
}

function partsRun(candidate: Candidate, found: Run, room: number): ListRun | undefined {
  const { listing } = candidate.passage
  if (listing?.of !== 'parts' || candidate.segments.some(isListed) || listing.names.some(name => ARTICLE.test(name)))
    return undefined
  const names = fit(listing.names, room - lengthOf(candidate.segments, found.first, found.last))
  return names.shown.length < 2 ? undefined : { run: found, names: { block: undefined, isNumbered: false, ...names } }
}

function fit(names: readonly string[], room: number): Pick<ListNames, 'shown' | 'isCut'> {
  let left = room
  const end = names.findIndex(name => {
    left -= name.length + MARKER_COST
    return left < 0
  })
  return { shown: end === -1 ? names : names.slice(0, end), isCut: end !== -1 }
}

/**
 * Marks the segments of a list that is shown by names. In other passages of the section, which
 * continue it, lists are skipped.
 */
export function markNamed(
  candidates: readonly Candidate[],
  taken: readonly Uint8Array[],
  place: number,
  { block: named }: ListNames,
): void {
  const key = sectionOf(candidates[place]!)
  for (const [i, candidate] of candidates.entries()) {
    if (named === undefined || sectionOf(candidate) !== key) continue
    for (const [k, segment] of candidate.segments.entries())
      if (i === place ? segment.block === named : isListed(segment)) taken[i]![k] = i === place ? NAMED : SKIPPED
  }
}

/** UTF-16 code units of names. */
export function lengthOfNames({ shown }: ListNames): number {
  return shown.reduce((sum, name) => sum + name.length + MARKER_COST, 0)
}

/** Writes names as a list. Logs omit them: they may be parts of longer texts. */
export function writeNames({ shown, isNumbered, isCut }: ListNames): ReplyText {
  const lines = shown.map((name, i) => {
    const marker = isNumbered ? `${i + 1}. ` : '- '
    return { text: marker + escapeWords(name), plain: marker + name, toLog: () => `${marker}[text]` }
  })
  return joinTexts([joinTexts(lines, '\n'), ...(isCut ? [fixedText(`\n\n${OMISSION}`)] : [])])
}

function isListed({ kind }: RatedSegment): boolean {
  return kind === 'item' || kind === 'row'
}

function isOuter({ kind, item }: RatedSegment, indent: number): boolean {
  return kind === 'row' || item?.indent === indent
}

function nameOf({ start, end, item }: RatedSegment, text: string): string {
  return item === undefined ? nameRow(text.slice(start, end)) : nameItem(text.slice(item.textStart, end))
}
