import type { DocumentOwner } from '../../knowledge/document.ts'
import { fillText, fixedText, joinTexts, type ReplyText, reply } from '../../reply-text.ts'
import type { WordCorrection } from '../../search/retrieval.ts'
import { escapedText, escapedTitle, locationText } from '../../text/printing/markdown-escaping.ts'
import type { LanguageTexts } from '../../wording/texts.ts'
import { excerpt } from './excerpt.ts'
import { writePassage } from './passage-writer.ts'
import type { QuotedSection } from './quoted-section.ts'

/** UTF-16 code units. */
const MAX_TITLE = 200
/** One or two words without the signs of an identifier. */
const SHORT_HEADING = /^[\p{L}\p{N};,]+(?: [\p{L}\p{N};,]+)?$/u
/** A longer title does not precede two headings. */
const MAX_FIRST = 40

/** Texts of replies as templates, all in the language of the question. Plain data. */
export type ReplyTexts = Omit<LanguageTexts, 'smallTalk' | 'fillers'>

/** What a reply says about itself, below what it quotes. */
export interface ReplyNotes {
  readonly corrections: readonly WordCorrection[]
  /** Questions of the message that the documents do not answer, as the user wrote them. */
  readonly unanswered: readonly string[]
}

/**
 * Writes quoted sections as a reply, ending with the place of the first one.
 * @param terms The terms of the question, which choose the columns of wide tables.
 */
export function writeReply(
  sections: readonly QuotedSection[],
  terms: ReadonlySet<string>,
  { corrections, unanswered }: ReplyNotes,
  texts: ReplyTexts,
): ReplyText {
  const parts = sections.flatMap(({ passages }) => {
    const { title, headings } = passages[0]!.candidate.passage
    const heading = showTitle(nameSection(title, headings))
    return [
      reply`${fixedText('**', '')}${heading}${fixedText('**', '')}`,
      ...passages.map((passage, i) => writePassage(passage, passages[i - 1], terms)),
    ]
  })
  const { title, location } = sections[0]!.passages[0]!.candidate.passage
  const readMore = fillText(texts.readMore, { title: showTitle(title), location: locationText(location) })
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
  return escapedText(cutTitle(question))
}

function showTitle(title: string): ReplyText {
  return escapedTitle(title, cutTitle)
}

/** A title or heading may be a whole paragraph: the reply shows its beginning. */
function cutTitle(title: string): string {
  return excerpt(title, 0, 0, MAX_TITLE).text
}

/**
 * The heading of a section. One that means little alone, such as "Options", follows its parent, and
 * a parent like that follows its own, unless that one is long. The title is the parent of all.
 */
function nameSection(title: string, headings: readonly string[]): string {
  const path = [title, ...headings].filter((name, i, all) => name !== all[i - 1])
  const [heading, parent, first] = [path.at(-1)!, path.at(-2), path.at(-3)]
  if (parent === undefined || !SHORT_HEADING.test(heading)) return heading
  const needsFirst = first !== undefined && first.length <= MAX_FIRST && SHORT_HEADING.test(parent)
  return path.slice(needsFirst ? -3 : -2).join(' › ')
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
  const titles = suggestions.map(showTitle)
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
