import { analyse } from '../../text/analysis.ts'
import { blankQuestionWords } from './question-words.ts'

/** Questions of a message that are answered one by one. The rest belongs to the last of them. */
const MAX_QUESTIONS = 3
/** A longer message is a paste, such as a log: its sentences are one question. */
const MAX_LENGTH = 600

const AUXILIARY = `(?:is|are|was|were|am|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had)(?:n['’]t)?`
const SUBJECT = String.raw`(?:i|we|you|it|he|she|they|one|there|the|an?|my|our|your|its|their|this|that|these|those|such|any|some|all|every\w*|someone|people)`
/**
 * The beginning of a question of its own. The auxiliary is before the subject: "where are the
 * logs", unlike the clause "where the logs are".
 */
const QUESTION_START = [
  String.raw`(?:how|when|where|why|who|whom)\s+${AUXILIARY}\b`,
  String.raw`how\s+(?:to|come|about)\b`,
  String.raw`how\s+(?:many|much|long|often|big|large|old|far|fast|high)\s+(?:[\p{L}-]+\s+){0,3}?${AUXILIARY}\b`,
  String.raw`(?:what|which)\s+(?:[\p{L}-]+\s+){0,3}?${AUXILIARY}\b`,
  String.raw`(?:what|where|who|how|when)['’]?s\b|what\s+(?:about|happens|if)\b|who\s+\p{L}+s\b`,
  String.raw`(?:does|did)(?:n['’]t)?\s+(?!not\b)\p{L}|${AUXILIARY}\s+${SUBJECT}(?![\p{L}'’])`,
  // "is pickle safe", unlike the predicate "is used for".
  String.raw`(?:is|are|can)\s+(?!not\b|be\b|\p{L}+(?:ed|en|ing|ly)\b)[\p{L}.-]+\s+\p{L}`,
  String.raw`(?:tell|show|give)\s+me\b|explain\b`,
  String.raw`(?:wie|wo|wohin|wann|warum|was|womit|welche[nrs]?(?:\s+\p{L}+)?)\s+\p{L}+\s+(?:ich|wir|man|es|der|die|das|den|ein\p{L}*|mein\p{L}*)\b`,
  String.raw`(?:kann|darf|muss|soll|sollte|ist|sind|gibt|hat|wird)\s+(?:ich|wir|man|es|der|die|das|ein\p{L}*|mein\p{L}*)\b`,
].join('|')
const CONNECTIVE = String.raw`(?:(?:and|also|but|plus|then|so|und|auch|außerdem|secondly|finally|by the way|btw)\b,?\s+)`
const MARKER = String.raw`(?:(?:\d{1,2}[.)]|[-*•])\s+)`
const IS_QUESTION = new RegExp(`^(?:${QUESTION_START})`, 'iu')
const OPENING = new RegExp(`^${MARKER}?${CONNECTIVE}{0,3}`, 'iu')
/** Where a question may begin within a sentence: after a comma or a connective. */
const INNER_GAP = new RegExp(
  String.raw`(?<!\s)(?:\s*[,;–]\s*${CONNECTIVE}{0,2}|\s+${CONNECTIVE}{1,2})(?=${QUESTION_START})`,
  'giu',
)
/** The end of a sentence. In code, a space precedes the mark: `a ? b : c`. */
const SENTENCE_GAP = /(?<=[^\s?？][?？!！]+["'”’)]?)\s+|(?<=[\p{L}\p{N})"'”’]{2}\.)\s+(?=\S)|(?<=[？。！])|(?<!\s)\s*\n\s*/gu

/**
 * Splits a message into its questions, in order: one to three parts that together are the message,
 * without the connectives between them. A sentence that is no question belongs to the next one. A
 * question without content words belongs to the one before. Linear in at most 600 characters.
 */
export function splitQuestions(message: string): readonly string[] {
  const trimmed = message.trim()
  if (trimmed.length > MAX_LENGTH) return [message]
  const clauses = trimmed.split(SENTENCE_GAP).filter(Boolean).flatMap(splitSentence)
  if (clauses.length < 2) return [message]
  const questions: string[] = []
  let context = ''
  for (const clause of clauses) {
    const isComplete = isQuestion(clause) && hasContent(clause)
    const text = isComplete ? clause.replace(OPENING, '') : clause
    const last = questions.length - 1
    if (isComplete && questions.length < MAX_QUESTIONS) {
      questions.push(join(context, text))
      context = ''
    } else if (last >= 0 && (isQuestion(clause) || isComplete)) questions[last] = join(questions[last]!, clause)
    else context = join(context, clause)
  }
  if (questions.length < 2) return [message]
  questions.push(join(questions.pop()!, context))
  return questions
}

/** Splits at the questions within a sentence, if it begins with one. */
function splitSentence(sentence: string): readonly string[] {
  const clauses: string[] = []
  let start = 0
  for (const { index, 0: gap } of sentence.matchAll(INNER_GAP)) {
    const clause = sentence.slice(start, index)
    if (!isQuestion(clause) || !hasContent(clause)) continue
    clauses.push(clause)
    start = index + gap.length
  }
  return [...clauses, sentence.slice(start)]
}

function isQuestion(clause: string): boolean {
  return /[?？]["'”’)]?$/.test(clause) || IS_QUESTION.test(clause.replace(OPENING, ''))
}

function hasContent(clause: string): boolean {
  return analyse(blankQuestionWords(clause)).some(({ stopWord }) => !stopWord)
}

function join(first: string, second: string): string {
  return [first, second].filter(Boolean).join(' ')
}
