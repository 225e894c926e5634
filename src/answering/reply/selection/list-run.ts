import { nameItem, nameRow } from '../../../text/item-name.ts'
import { isArticleHeading } from '../../../text/page-words.ts'
import type { RatedSegment } from '../../candidate.ts'
import { fitNames, type ListNames } from '../list-names.ts'
import { leadOf, type Run } from './run-extent.ts'
import { NAMED, type SelectedPassage, SKIPPED } from './selected-passage.ts'
import type { Selection } from './selection.ts'

/** What a question for a list gets: a run, of which a block may be shown by names. */
export interface ListRun {
  readonly run: Run
  readonly names?: ListNames
}

/** An item with this share of the question's weight answers it: the list is no mere enumeration. */
const ANSWERS = 0.5

/**
 * The run for a question that asks for a list: the whole list or table at the found run, with the
 * line that introduces it. One that is too long, or that several passages divide, is shown by the
 * names of its items, from its beginning. A section without a list is followed by the names of its
 * parts. Undefined if there are none.
 * @param room UTF-16 code units.
 */
export function listRun(selection: Selection, found: Run, room: number): ListRun | undefined {
  const { passage } = found
  const { segments, candidate } = passage
  const listed = segments.slice(found.first, found.last + 2).findLast(isListed)
  if (listed === undefined) return partsRun(found, room)
  const { blockFirst, blockLast } = listed
  const own = segments.slice(blockFirst, blockLast + 1)
  const isAnswered = own.some(({ covered }) => covered >= ANSWERS)
  const divided = isAnswered ? undefined : dividedList(selection, passage, listed)
  if (divided !== undefined) return namesRun(divided, candidate.passage.listing!.names, room)
  const [first, last] = [Math.min(found.first, blockFirst), Math.max(found.last, blockLast)]
  if (passage.lengthOf(first, last) <= room) return { run: { ...found, first, last } }
  if (isAnswered) return undefined
  const outer = Math.min(...own.map(({ item }) => item?.indent ?? Number.POSITIVE_INFINITY))
  const names = own.filter(segment => isOuter(segment, outer)).map(segment => nameOf(segment, candidate.passage.text))
  return namesRun({ ...found, first: blockFirst, last: blockLast }, names, room)
}

/** The beginning of a list that several passages divide: in the first of those that were found. */
function dividedList(selection: Selection, { candidate }: SelectedPassage, found: RatedSegment): Run | undefined {
  const { listing, text } = candidate.passage
  const names = new Set(listing?.names)
  if (listing === undefined || listing.of === 'parts' || !names.has(nameOf(found, text))) return undefined
  const all = listing.names.join('\n')
  const runs = selection.openSection(candidate.section).flatMap((passage): Run[] => {
    const { probability, passage: other } = passage.candidate
    if (other.listing?.names.join('\n') !== all) return []
    const isBeginning = (segment: RatedSegment, i: number) =>
      isListed(segment) && segment.blockFirst === i && names.has(nameOf(segment, other.text))
    const start = passage.segments.find(isBeginning)
    return start === undefined ? [] : [{ passage, first: start.blockFirst, last: start.blockLast, probability }]
  })
  const [first] = runs.sort((a, b) => a.passage.candidate.passage.ordinal - b.passage.candidate.passage.ordinal)
  return first && { ...first, probability: candidate.probability }
}

function namesRun(list: Run, names: readonly string[], room: number): ListRun {
  const { segments, candidate } = list.passage
  const { block, item, start } = segments[list.first]!
  const first = leadOf(list.passage, list.first) ?? list.first
  const isNumbered = item?.isNumbered === true || candidate.passage.listing?.of === 'steps'
  return { run: { ...list, first }, names: { block, isNumbered, ...fitNames(names, room - (start - segments[first]!.start)) } }
}

function partsRun(found: Run, room: number): ListRun | undefined {
  const { segments, candidate } = found.passage
  const { listing } = candidate.passage
  if (listing?.of !== 'parts' || segments.some(isListed) || listing.names.some(isArticleHeading)) return undefined
  const names = fitNames(listing.names, room - found.passage.lengthOf(found.first, found.last))
  return names.shown.length < 2 ? undefined : { run: found, names: { block: undefined, isNumbered: false, ...names } }
}

/**
 * Shows a block of a passage by names, or the names after what is quoted of it. In other passages
 * of the section, which continue the list, lists are skipped.
 */
export function showNames(selection: Selection, shown: SelectedPassage, names: ListNames): void {
  shown.names = names
  if (names.block === undefined) return
  for (const passage of selection.openSection(shown.candidate.section)) {
    const { segments, states } = passage
    for (const [i, segment] of segments.entries()) {
      if (passage === shown && segment.block === names.block) states[i] = NAMED
      if (passage !== shown && isListed(segment)) states[i] = SKIPPED
    }
  }
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
