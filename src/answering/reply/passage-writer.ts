import { fixedText, joinTexts, partOf, type ReplyText } from '../../reply-text.ts'
import { analyse } from '../../text/analysis.ts'
import { boldTerm } from '../../text/bold-term.ts'
import { OMISSION } from '../../text/omission.ts'
import { escapeMarkdown, escapeWords } from '../../text/printing/markdown-escaping.ts'
import type { Candidate, RatedSegment } from '../candidate.ts'
import { numberOfItem } from './item-number.ts'
import { withParents } from './item-parents.ts'
import { writeNames } from './list-names.ts'
import type { QuotedPassage } from './quoted-section.ts'
import { createTableWriter, type TableWriter } from './table-columns.ts'

const DEFINED_TERM = new RegExp(`^${boldTerm()}:`)

/** What a segment is written with. */
interface Surroundings {
  readonly text: string
  readonly before: RatedSegment | undefined
  /** The lowest indent of a list item of the passage. */
  readonly leastIndent: number
  /** Of the items of numbered lists, by their start. */
  readonly numbers: ReadonlyMap<number, number>
  /** By the number of the block. */
  readonly tables: ReadonlyMap<number, TableWriter>
}

/**
 * Writes the quoted segments of a passage, each nested item below the items around it. A line with
 * an ellipsis marks where a part of a list or of code is left out, or what a sentence refers to. It
 * ends a table that lacks rows.
 * @param previous What is quoted before it in its section.
 * @param terms The terms of the question, which choose the columns of wide tables.
 */
export function writePassage(
  { candidate, segments, names }: QuotedPassage,
  previous: QuotedPassage | undefined,
  terms: ReadonlySet<string>,
): ReplyText {
  if (names === undefined) return writeSegments({ candidate, segments }, previous, terms)
  const at = segments.findIndex(({ block }) => block === names.block)
  const end = at === -1 ? segments.length : at
  const around = [segments.slice(0, end), segments.slice(end).filter(({ block }) => block !== names.block)]
  const [before = [], after = []] = around.map(own =>
    own.length === 0 ? [] : [writeSegments({ candidate, segments: own }, previous, terms)],
  )
  return joinTexts([...before, writeNames(names), ...after], '\n\n')
}

function writeSegments(
  { candidate, segments: quoted }: QuotedPassage,
  previous: QuotedPassage | undefined,
  terms: ReadonlySet<string>,
): ReplyText {
  const { text } = candidate.passage
  const segments = withParents(candidate.segments(), quoted)
  const leastIndent = Math.min(...segments.map(({ item }) => item?.indent ?? Number.POSITIVE_INFINITY))
  const numbers = numberItems(candidate)
  const tables = createTables(text, segments, terms)
  const omissions = findOmissions(candidate, segments, previous)
  const parts: ReplyText[] = []
  const whole = joinCode(segments, omissions)
  for (const [i, segment] of whole.entries()) {
    const before = whole[i - 1]
    const { start, kind, end } = segment
    // One mark is enough between two blocks of which parts are left out.
    const isAfterMark = before !== undefined && before.kind !== 'row' && omissions.after.has(before.end)
    const isMarked = omissions.before.has(start) && !isAfterMark
    if (isMarked) parts.push(fixedText(before === undefined ? `${OMISSION}\n\n` : `\n\n${OMISSION}\n\n`))
    else if (before !== undefined) parts.push(fixedText(separate(text, before, segment)))
    parts.push(writeSegment(segment, { text, before, leastIndent, numbers, tables }))
    if (!omissions.after.has(end)) continue
    parts.push(kind === 'row' ? fixedText(`\n| ${OMISSION} |`, `\n${OMISSION}`) : fixedText(`\n\n${OMISSION}`))
  }
  return joinTexts(parts)
}

function createTables(text: string, segments: readonly RatedSegment[], terms: ReadonlySet<string>) {
  const isAsked = (cell: string) => analyse(cell).some(({ term }) => terms.has(term))
  const rows = segments.filter(({ kind }) => kind === 'row')
  const tables = new Map<number, TableWriter>()
  for (const [block, own] of Map.groupBy(rows, row => row.block)) {
    const { header } = own[0]!
    const names = header === undefined ? '' : text.slice(header.start, header.end)
    const written = own.map(({ start, end }) => text.slice(start, end))
    tables.set(block, createTableWriter(names, written, isAsked))
  }
  return tables
}

/**
 * The numbers of the source, so a quoted part of a list keeps them. Where the source repeats a
 * number, as `1. 1. 1.` in Markdown, the items are counted.
 */
function numberItems({ passage: { text }, segments }: Candidate): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>()
  if (!segments().some(({ item }) => item?.isNumbered)) return numbers
  for (const block of blocksOf(segments())) {
    const last: number[] = []
    for (const segment of block) {
      const { start, item } = segment
      if (item === undefined) continue
      last.length = Math.min(last.length, item.indent + 1)
      if (!item.isNumbered) continue
      const written = numberOfItem(text, segment)
      last[item.indent] = Math.max(written, (last[item.indent] ?? -1) + 1)
      numbers.set(start, last[item.indent]!)
    }
  }
  return numbers
}

function blocksOf(segments: readonly RatedSegment[]): readonly (readonly RatedSegment[])[] {
  return segments.flatMap(({ blockFirst, blockLast }, i) => (i === blockFirst ? [segments.slice(i, blockLast + 1)] : []))
}

/** Starts of segments before which a part of their block is left out, and ends of those after. */
interface Omissions {
  readonly before: ReadonlySet<number>
  readonly after: ReadonlySet<number>
}

function findOmissions(
  { segments, passage }: Candidate,
  quoted: readonly RatedSegment[],
  previous: QuotedPassage | undefined,
): Omissions {
  const all = segments()
  const starts = new Set(quoted.map(({ start }) => start))
  const isOmitted = (segment: RatedSegment | undefined) => segment !== undefined && !starts.has(segment.start)
  const before = new Set<number>()
  const after = new Set<number>()
  for (const block of blocksOf(all)) {
    const last = block.findLastIndex(segment => !isOmitted(segment))
    if (last < 0 || block.every(({ kind }) => kind === 'prose')) continue
    const isTable = block[0]!.kind === 'row'
    if (isTable ? block.some(isOmitted) : isOmitted(block[last + 1])) after.add(block[last]!.end)
    if (isTable) continue
    for (const [i, segment] of block.entries()) if (!isOmitted(segment) && isOmitted(block[i - 1])) before.add(segment.start)
  }
  for (const [i, segment] of all.entries()) {
    const { start, item, looksBack, continuesText } = segment
    const isCut = i === 0 ? passage.before !== undefined && !endsBefore(passage, previous) : isOmitted(all[i - 1])
    if (!starts.has(start) || !isCut) continue
    // The list of a long section may begin in the passage before.
    const isLater = i === 0 && item?.isNumbered === true && numberOfItem(passage.text, segment) > 1
    if (isLater || looksBack || continuesText) before.add(start)
  }
  return { before, after }
}

/** Whether what is quoted of a section reaches to the beginning of a passage. */
function endsBefore({ ordinal }: Candidate['passage'], previous: QuotedPassage | undefined): boolean {
  if (previous === undefined || previous.candidate.passage.ordinal !== ordinal - 1) return false
  return previous.segments.at(-1)!.start === previous.candidate.segments().at(-1)!.start
}

/** Joins the parts of long code that follow each other. */
function joinCode(segments: readonly RatedSegment[], { before: marked }: Omissions): readonly RatedSegment[] {
  const joined: RatedSegment[] = []
  for (const segment of segments) {
    const last = joined.at(-1)
    const isSame = last?.kind === 'code' && segment.kind === 'code' && last.block === segment.block
    if (isSame && !marked.has(segment.start)) joined[joined.length - 1] = { ...last, end: segment.end }
    else joined.push(segment)
  }
  return joined
}

function writeSegment(segment: RatedSegment, { text, before, leastIndent, numbers, tables }: Surroundings): ReplyText {
  const { start, end, kind, item, header, block } = segment
  const written = text.slice(start, end).toWellFormed()
  if (kind === 'code') return writeCode(text, written, segment)
  if (kind === 'row') {
    const table = tables.get(block)!
    const row = partOf(text, written, table.row, table.plainRow)
    if (header === undefined || before?.block === block) return row
    return joinTexts([partOf(text, text.slice(header.start, header.end), table.header, table.plainHeader), fixedText('\n'), row])
  }
  if (kind === 'prose' || item === undefined) return partOf(text, written, escapeMarkdown)
  const depth = item.indent - leastIndent
  const marker = item.isNumbered ? `${numbers.get(start)}. ` : '- '
  const body = text.slice(item.textStart, end).toWellFormed()
  return joinTexts([fixedText(`${' '.repeat(depth)}${marker}`), partOf(text, body, escapeItem, plainItem)])
}

function writeCode(text: string, written: string, { language }: RatedSegment): ReplyText {
  const fence = '`'.repeat(Math.max(3, ...(written.match(/`{3,}/g) ?? []).map(({ length }) => length + 1)))
  const named = language === undefined ? '' : text.slice(language.start, language.end)
  const info = { ...partOf(text, named), plain: '' }
  return joinTexts([fixedText(fence, ''), info, fixedText('\n', ''), partOf(text, written), fixedText(`\n${fence}`, '')])
}

/** The term of a definition stays bold. */
function escapeItem(item: string): string {
  const [marked = ''] = DEFINED_TERM.exec(item) ?? []
  const term = marked.replace(/^\*\*(.*)\*\*/s, (_, words: string) => `**${escapeWords(words)}**`)
  return `${term}${escapeMarkdown(item.slice(marked.length))}`
}

function plainItem(item: string): string {
  return item.replace(DEFINED_TERM, term => term.replace(/^\*\*|\*\*(?=:)/g, ''))
}

/** The white space between two quoted segments. */
function separate(text: string, before: RatedSegment, after: RatedSegment): string {
  if (before.block !== after.block) return '\n\n'
  if (after.kind === 'item' || after.kind === 'row') return '\n'
  const gap = text.slice(before.end, after.start)
  if (gap.trim() !== '' || after.kind === 'code') return '\n\n'
  return gap.includes('\n') ? '\n' : gap
}
