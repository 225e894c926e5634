import type { DocumentOwner } from '../knowledge/document.ts'
import type { ReplyText } from '../reply-text.ts'
import type { Retrieved, WordCorrection } from '../search/retrieval.ts'
import type { Texts } from '../wording/texts.ts'
import type { Candidate } from './candidate.ts'
import { abstains, type Evidence, weighEvidence } from './confidence.ts'
import { describeWorkings } from './describe-workings.ts'
import { coverage, type WeightedTerms, weighTerms } from './likeness.ts'
import { type PastTurn, planFurtherSearch, planSearch, type SearchPlan } from './question/follow-up.ts'
import { type Question, readQuestion } from './question/question.ts'
import { joinSections, type QuotedSection } from './reply/quoted-section.ts'
import { writeFallback, writeReply } from './reply/reply-writer.ts'
import { type Room, RUNS, RUNS_OF_PART, type RunLimits, selectRuns, type Wanted } from './reply/selection/quote-selection.ts'
import { plainWordsOf } from './reply/selection/row-choice.ts'
import type { Accepts } from './reply/selection/run-search.ts'
import { listSources } from './reply/sources.ts'
import { rateCandidates } from './segment-odds.ts'
import type { Source, Workings } from './workings.ts'

/** The answer of the documents to a question, with its explanation. */
export interface Answer {
  readonly kind: 'answer' | 'fallback'
  /** In Markdown; `plain` without. */
  readonly response: ReplyText
  /** Estimated probability, 0–1, that the documents answer the question. */
  readonly confidence: number
  /** The quoted sections first, then others that may also answer. Empty for a fallback. */
  readonly sources: readonly Source[]
  /** For a fallback: sections about the question's words, as "title › heading". */
  readonly suggestions: readonly string[]
  readonly workings: Workings
}

/** Retrieved passages, rated against the question. Plain data. */
export interface RatedPassages extends Retrieved {
  readonly plan: SearchPlan
  readonly weighted: WeightedTerms
  readonly candidates: readonly Candidate[]
  readonly evidence: Evidence
  /** The same for the further questions of the message, in order. */
  readonly further?: readonly RatedPassages[]
}

export interface AnswererOptions {
  /** Lowest confidence, 0–1, of an answer. Below it the reply is a fallback. */
  readonly threshold: number
  /** UTF-16 code units of an answer: the mean is a little below, the longest half as much again. */
  readonly answerLength: number
  readonly texts: Texts
}

export type Answerer = ReturnType<typeof createAnswerer>

/**
 * Number of passages to retrieve for an answer. Fifteen take half as much time again, and one more
 * of 580 replies is right.
 */
export const RETRIEVED_PASSAGES = 10
/** The longest answer, in multiples of `answerLength`. */
const LONGEST = 1.5
/** UTF-16 code units of the last line of an answer. */
const READ_MORE_LENGTH = 125
/** Share of its part of the longest answer that each of several questions fills. */
const FILLED = 0.85
const MAX_SUGGESTIONS = 3
/** Lowest confidence of a fallback that suggests sections. */
const NEAR = 0.2
/** Lowest share of the question's weight in a section that a fallback suggests. */
const NEAR_SECTION = 0.35
/** The same for its title and headings alone. */
const NEAR_NAME = 0.25

/**
 * Creates the functions that turn a question into an answer, in order: `read`, `plan`, `rate`,
 * `answer`. Each is pure: it takes plain data and waits for nothing.
 */
export function createAnswerer({ threshold, answerLength, texts: { languages, defaultLanguage } }: AnswererOptions) {
  const answers = ({ evidence }: RatedPassages): boolean => !abstains(evidence, threshold)
  const textsFor = ({ language = defaultLanguage }: Question) => languages[language] ?? languages[defaultLanguage]!

  return {
    /** Reads a message as a question. */
    read: (message: string): Question => readQuestion(message),

    /** Plans the search for a question. @param turns Earlier turns, newest first. */
    plan: (question: Question, turns: readonly PastTurn[]): SearchPlan => planSearch(question, turns),

    /** The same for a further question of a message. @param turns With its questions before. */
    planFurther: (question: Question, turns: readonly PastTurn[]): SearchPlan => planFurtherSearch(question, turns),

    /** Whether the passages probably answer their question. */
    answers,

    /** Rates retrieved passages and estimates whether they answer. Linear in their text. */
    rate(plan: SearchPlan, retrieved: Retrieved): RatedPassages {
      const weighted = weighTerms(plan.question, retrieved)
      const candidates = rateCandidates(retrieved, plan.question, weighted)
      const evidence = weighEvidence(plan.question, retrieved, candidates)
      return { ...retrieved, plan, weighted, candidates, evidence }
    },

    /**
     * Writes the answer, or a fallback if the confidence is below the threshold. The answer to
     * several questions has the confidence of the least certain one that is answered.
     * @param owner Who added the documents; undefined if there are none.
     */
    answer(rated: RatedPassages, owner: DocumentOwner | undefined): Answer {
      const texts = textsFor(rated.plan.question)
      const questions = [rated, ...(rated.further ?? [])]
      const { answered, sections } = selectSections(questions.filter(answers), answerLength)
      const corrections = questions.flatMap(listMistakes)
      const decisive = sections.length === 0 ? rated : answered.reduce((a, b) => (confidenceOf(b) < confidenceOf(a) ? b : a))
      const confidence = confidenceOf(decisive)
      const workings = describeWorkings(questions, decisive, sections, threshold)
      if (sections.length === 0) {
        const suggestions = listNearSections(rated)
        const response = writeFallback(suggestions, corrections, texts, owner)
        return { kind: 'fallback', response, confidence, sources: [], suggestions, workings }
      }
      const unanswered = questions.filter(one => !answered.includes(one)).map(({ plan }) => plan.question.text)
      const response = writeReply(sections, termsOf(answered), { corrections, unanswered }, texts)
      const candidates = answered.flatMap(one => one.candidates)
      return { kind: 'answer', response, confidence, sources: listSources(candidates, sections), suggestions: [], workings }
    },
  }
}

/** The words that were corrected. Another form of a German word is no correction to speak of. */
function listMistakes({ corrections, plan: { question } }: RatedPassages): readonly WordCorrection[] {
  return corrections.filter(({ suggestion }) => !question.synonyms.some(({ word }) => word === suggestion.toLowerCase()))
}

/** The terms of what the questions are about. */
function termsOf(questions: readonly RatedPassages[]): ReadonlySet<string> {
  return new Set(questions.flatMap(({ plan }) => plan.question.words.map(({ term }) => term)))
}

function confidenceOf({ evidence }: RatedPassages): number {
  return evidence.confidence
}

interface Quotation {
  /** The questions for which something is quoted. */
  readonly answered: readonly RatedPassages[]
  readonly sections: readonly QuotedSection[]
}

/** Selects what to quote for each question. Several share the length of the longest answer. */
function selectSections(questions: readonly RatedPassages[], answerLength: number): Quotation {
  const longest = LONGEST * answerLength - READ_MORE_LENGTH
  const share = Math.round(longest / questions.length)
  const isOnly = questions.length < 2
  const room: Room = isOnly ? { filled: answerLength, limit: longest } : { filled: Math.round(FILLED * share), limit: share }
  const limits: RunLimits = isOnly ? RUNS : RUNS_OF_PART
  const quoted = questions
    .map(one => ({ one, sections: selectRuns(one.candidates, room, wantedBy(one), limits) }))
    .filter(({ sections }) => sections.length > 0)
  // A short answer may have room for fewer questions.
  if (quoted.length === 0 && questions.length > 1) return selectSections(questions.slice(0, -1), answerLength)
  const lists = quoted.map(({ sections }) => sections)
  return { answered: quoted.map(({ one }) => one), sections: lists.length < 2 ? lists.flat() : joinSections(lists) }
}

/** What a question wants quoted. One that asks for nothing else may be a task: "install it". */
function wantedBy(rated: RatedPassages): Wanted {
  const { question } = rated.plan
  const { spelled, asksHow, asksForList, asksForFact } = question
  const sides = sidesOf(rated)
  return {
    words: plainWordsOf(spelled),
    sides,
    asksForList,
    isError: rated.plan.question.quotesError,
    wantsCode: asksHow || !(asksForFact || sides.length > 0),
  }
}

/**
 * The sides of a comparison: a text is about one if it has its first word and half of the weight of
 * its words.
 */
function sidesOf({ plan, weighted }: RatedPassages): readonly Accepts[] {
  const bitOf = (term: string | undefined) => weighted.bits.get(term ?? '') ?? 0
  const sides = plan.question.sides.map(side => ({
    first: bitOf(side[0]),
    all: side.reduce((all, term) => all | bitOf(term), 0),
  }))
  if (sides.some(({ all }) => all === 0)) return []
  return sides.map(
    ({ first, all }) =>
      mask =>
        (mask & first) === first && coverage(mask & all, weighted) >= coverage(all, weighted) / 2,
  )
}

/**
 * Names of the best sections that have much of the question's weight, best first. A name without
 * any word of the question would look like chance.
 */
function listNearSections({ candidates, evidence }: RatedPassages): readonly string[] {
  if (evidence.confidence < NEAR) return []
  const near = candidates.filter(({ covered, headed }) => covered >= NEAR_SECTION && headed >= NEAR_NAME)
  const names = near.map(({ passage: { title, headings } }) => [...new Set([title, ...headings.slice(-1)])].join(' › '))
  return [...new Set(names)].slice(0, MAX_SUGGESTIONS)
}
