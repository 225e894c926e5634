import type { DocumentOwner } from '../../knowledge/document.ts'
import { fillText, fixedText, joinTexts, partOf, type ReplyText, reply, titleText } from '../../reply-text.ts'
import type { WordCorrection } from '../../search/retrieval.ts'
import type { LanguageTexts } from '../../wording/texts.ts'
import type { RatedSegment } from '../choice.ts'
import { excerpt } from './excerpt.ts'
import { escapeMarkdown, escapeWords } from './markdown.ts'
import type { QuotedPassage, QuotedSection } from './quote-selection.ts'

const DEFINED_TERM = /^\*\*[^\n]+?\*\*:/
/** UTF-16 code units. */
const MAX_TITLE = 200
/** One or two words without the signs of an identifier. */
const SHORT_HEADING = /^[\p{L};,]+(?: [\p{L};,]+)?$/u
const TABLE_RULE_LINE = /\n[\s|:-]*$/

/** Texts of replies as templates, all in the language of the question. Plain data. */
export type ReplyTexts = Omit<LanguageTexts, 'smallTalk' | 'fillers'>

/** What a reply says about itself, below what it quotes. */
export interface ReplyNotes {
  readonly corrections: readonly WordCorrection[]
  /** Questions of the message that the documents do not answer, as the user wrote them. */
  readonly unanswered: readonly string[]
}

/** Writes quoted sections as a reply, ending with the place of the first one. */
export function writeReply(
  sections: readonly QuotedSection[],
  { corrections, unanswered }: ReplyNotes,
  texts: ReplyTexts,
): ReplyText {
  const parts = sections.flatMap(({ passages }) => {
    const { title, headings } = passages[0]!.candidate.passage
    const heading = titleText(nameSection(title, headings.at(-1)), showTitle)
    return [reply`${fixedText('**', '')}${heading}${fixedText('**', '')}`, ...passages.map(writePassage)]
  })
  const { title, location } = sections[0]!.passages[0]!.candidate.passage
  const readMore = fillText(texts.readMore, { title: titleText(title, showTitle), location: reply`${location}` })
  const notes = [
    ...(corrections.length === 0 ? [] : [nameCorrections(corrections, texts)]),
    ...(unanswered.length === 0 ? [] : [nameQuestions(unanswered, texts)]),
  ]
  return joinTexts([...parts, ...notes, readMore], '\n\n')
}

function nameQuestions(questions: readonly string[], { quotedWord, unanswered }: ReplyTexts): ReplyText {
  const named = questions.map(question => fillText(quotedWord, { word: questionText(question) }))
  return fillText(unanswered, { questions: joinTexts(named, ', ') })
}

/** A question of a message. It is a part of the message, so logs omit it. */
function questionText(question: string): ReplyText {
  const { text: plain } = excerpt(question, 0, 0, MAX_TITLE)
  return { ...reply`${plain}`, text: escapeWords(plain), plain }
}

/** A title or heading may be a whole paragraph: the reply shows its beginning. */
function showTitle(title: string): string {
  return escapeWords(excerpt(title, 0, 0, MAX_TITLE).text)
}

/** The heading, with the title before a heading that means little alone, such as "Options". */
function nameSection(title: string, heading = title): string {
  return SHORT_HEADING.test(heading) && heading !== title ? `${title} › ${heading}` : heading
}

/**
 * Writes a reply without an answer.
 * @param suggestions Titles of pages near the question.
 * @param owner Who added the documents; undefined if there are none.
 */
export function writeFallback(
  suggestions: readonly string[],
  corrections: readonly WordCorrection[],
  texts: ReplyTexts,
  owner: DocumentOwner | undefined,
): ReplyText {
  const words = corrections.map(({ suggestion }) => fillText(texts.quotedWord, { word: reply`${suggestion}` }))
  const titles = suggestions.map(title => titleText(title, showTitle))
  const { refusal, refusalManualOnly, refusalEmpty } = texts
  return fillText(owner === undefined ? refusalEmpty : owner === 'project' ? refusalManualOnly : refusal, {
    did_you_mean: fillUnlessEmpty(texts.didYouMean, 'words', joinTexts(words, ', ')),
    closest_pages: fillUnlessEmpty(texts.closestPages, 'titles', joinTexts(titles, '; ')),
    contact: fillText(texts.contact),
  })
}

function fillUnlessEmpty(template: string, name: string, value: ReplyText): ReplyText {
  return value.text === '' ? value : fillText(template, { [name]: value })
}

function nameCorrections(corrections: readonly WordCorrection[], { correctedWord, searchedFor }: ReplyTexts): ReplyText {
  const pairs = corrections.map(({ word, suggestion }) =>
    fillText(correctedWord, { word: reply`${word}`, suggestion: reply`${suggestion}` }),
  )
  return fillText(searchedFor, { corrections: joinTexts(pairs, ', ') })
}

function writePassage({ candidate, segments }: QuotedPassage): ReplyText {
  const { text } = candidate.passage
  const least = Math.min(...segments.map(({ item }) => item?.indent ?? Number.POSITIVE_INFINITY))
  const numbers: number[] = []
  const parts: ReplyText[] = []
  for (const [i, segment] of segments.entries()) {
    const before = segments[i - 1]
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
  if (item.isNumbered) {
    const last = numbers[depth] ?? 0
    // A list that code interrupts continues in a block of its own.
    const isNewList = before?.block !== block && Number.parseInt(written.trimStart(), 10) <= last
    numbers[depth] = isNewList ? 1 : last + 1
  }
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
