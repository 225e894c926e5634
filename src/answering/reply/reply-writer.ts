import { fixedText, joinTexts, partOf, type ReplyText, reply, titleText } from '../../reply-text.ts'
import type { WordCorrection } from '../../search/retrieval.ts'
import type { RatedSegment } from '../choice.ts'
import { escapeMarkdown, escapeWords } from './markdown.ts'
import type { QuotedPassage, QuotedSection } from './quote-selection.ts'

const DEFINED_TERM = /^\*\*[^\n]+?\*\*:/
const TABLE_RULE_LINE = /\n[\s|:-]*$/

/** Writes quoted sections as a reply, ending with the place of the first one. */
export function writeReply(sections: readonly QuotedSection[], corrections: readonly WordCorrection[]): ReplyText {
  const parts = sections.flatMap(({ passages }) => {
    const { title, headings } = passages[0]!.candidate.passage
    const heading = titleText(headings.at(-1) ?? title, escapeWords)
    const texts = passages.map(writePassage)
    return [reply`${fixedText('**', '')}${heading}${fixedText('**', '')}`, ...texts]
  })
  const { title, location } = sections[0]!.passages[0]!.candidate.passage
  const readMore = reply`Read more: ${titleText(title, escapeWords)} (${location})`
  return joinTexts([...parts, ...(corrections.length === 0 ? [] : [nameCorrections(corrections)]), readMore], '\n\n')
}

/** Writes a reply without an answer. @param suggestions Titles of pages near the question. */
export function writeFallback(suggestions: readonly string[], corrections: readonly WordCorrection[]): ReplyText {
  const noAnswer = "I don't know: nothing in my documents answers this."
  const words = corrections.map(({ suggestion }) => reply`“${suggestion}”`)
  const question =
    words.length === 0 ? fixedText(noAnswer) : reply`${fixedText(noAnswer)} Did you mean ${joinTexts(words, ', ')}?`
  if (suggestions.length === 0) return question
  const titles = suggestions.map(title => titleText(title, escapeWords))
  return reply`${question} The closest pages are: ${joinTexts(titles, '; ')}.`
}

function nameCorrections(corrections: readonly WordCorrection[]): ReplyText {
  const pairs = corrections.map(({ word, suggestion }) => reply`“${suggestion}” instead of “${word}”`)
  return reply`Searched for ${joinTexts(pairs, ', ')}.`
}

function writePassage({ candidate, segments }: QuotedPassage): ReplyText {
  const { text } = candidate.passage
  const least = Math.min(...segments.map(({ item }) => item?.indent ?? Number.POSITIVE_INFINITY))
  const numbers: number[] = []
  const parts: ReplyText[] = []
  for (const [i, segment] of segments.entries()) {
    const before = segments[i - 1]
    if (before?.block !== segment.block) numbers.length = 0
    if (before !== undefined) parts.push(fixedText(separate(text, before, segment)))
    parts.push(writeSegment(text, segment, before, least, numbers))
  }
  return joinTexts(parts)
}

function writeSegment(
  text: string,
  { start, end, kind, item, header, language, block }: RatedSegment,
  before: RatedSegment | undefined,
  leastIndent: number,
  numbers: number[],
): ReplyText {
  const written = text.slice(start, end).toWellFormed()
  if (kind === 'code') {
    const fence = '`'.repeat(Math.max(3, ...(written.match(/`{3,}/g) ?? []).map(({ length }) => length + 1)))
    return joinTexts([
      fixedText(`${fence}${language === undefined ? '' : text.slice(language.start, language.end)}\n`, ''),
      partOf(text, written),
      fixedText(`\n${fence}`, ''),
    ])
  }
  if (kind === 'row') {
    const row = partOf(text, written, same => same, plainRow)
    if (header === undefined || before?.block === block) return row
    const columns = partOf(
      text,
      text.slice(header.start, header.end),
      same => same,
      table => plainRow(table.replace(TABLE_RULE_LINE, '')),
    )
    return joinTexts([columns, fixedText('\n'), row])
  }
  if (kind === 'prose' || item === undefined) return partOf(text, written, escapeMarkdown)
  const depth = item.indent - leastIndent
  numbers.length = Math.min(numbers.length, depth + 1)
  numbers[depth] = (numbers[depth] ?? 0) + 1
  const marker = item.isNumbered ? `${numbers[depth]}. ` : '- '
  const body = text.slice(item.textStart, end).toWellFormed()
  return joinTexts([fixedText(`${' '.repeat(depth)}${marker}`), partOf(text, body, escapeItem, plainItem)])
}

/** The term of a definition stays bold. */
function escapeItem(item: string): string {
  const term = DEFINED_TERM.exec(item)?.[0] ?? ''
  return `${term}${escapeMarkdown(item.slice(term.length))}`
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

function plainRow(row: string): string {
  return row.replace(/^\s*\|\s?|\s?\|\s*$/g, '')
}
