import type { Asked, AskedPhrasing, AskedQuestion } from './asked.ts'
import { type Calibration, calibrate } from './calibration.ts'
import { areaUnderCurve } from './measures.ts'
import type { Defect } from './reply-lint.ts'

/** What replies are worth. Numbers of questions, unless another unit is given. */
export interface ReplyFigures {
  readonly questions: number
  /** Answerable questions that were refused. */
  readonly refused: number
  /** Questions whose right answer is known; `right` and `in_sources` are of these. */
  readonly with_known_answer: number
  /** Replies that hold the answer. */
  readonly right: number
  /** Replies that hold the answer themselves or in the passages of their sources. */
  readonly in_sources: number
  /** Questions with earlier messages and a known answer. */
  readonly follow_ups: number
  readonly follow_ups_right: number
  readonly out_of_scope: number
  readonly out_of_scope_refused: number
  /** Answers with a defect, and how many have each. */
  readonly answered: number
  readonly defective: number
  readonly defects: Readonly<Partial<Record<Defect, number>>>
  /** UTF-16 code units of a reply, and sources of a reply: means. */
  readonly mean_chars: number
  readonly mean_sources: number
  /** UTF-16 code units. */
  readonly longest_passage: number
  /**
   * Area under the curve of confidence for right replies against all others, and for answerable
   * against out-of-scope questions. Undefined if one side is empty.
   */
  readonly right_auroc: number | undefined
  readonly scope_auroc: number | undefined
  /** Of confidence as the probability that the documents answer. Undefined like `scope_auroc`. */
  readonly calibration: Calibration | undefined
  readonly phrasings: Readonly<Record<string, PhrasingFigures>>
}

/** How often the right page was no source of the reply to questions of one form. */
export interface PhrasingFigures {
  readonly asked: number
  readonly missed: number
}

/** Measures replies. */
export function measureReplies({ questions, outOfScope, phrasings }: Asked): ReplyFigures {
  const known = questions.filter(({ facts }) => facts !== undefined)
  const followUps = known.filter(({ history }) => history.length > 0)
  const answered = questions.filter(({ reply }) => reply.kind === 'answer')
  const replies = questions.map(({ reply }) => reply)
  return {
    questions: questions.length,
    refused: questions.filter(({ reply }) => reply.kind === 'fallback').length,
    with_known_answer: known.length,
    right: known.filter(({ isRight }) => isRight).length,
    in_sources: known.filter(({ isInSources }) => isInSources).length,
    follow_ups: followUps.length,
    follow_ups_right: followUps.filter(({ isRight }) => isRight).length,
    out_of_scope: outOfScope.length,
    out_of_scope_refused: outOfScope.filter(({ reply }) => reply.kind === 'fallback').length,
    answered: answered.length,
    defective: answered.filter(({ defects }) => defects.length > 0).length,
    defects: count(answered.flatMap(({ defects }) => defects)),
    mean_chars: mean(replies.map(({ response }) => response.length)),
    mean_sources: mean(replies.map(({ sources }) => sources.length)),
    longest_passage: longest(replies.flatMap(({ sources }) => sources.map(({ passage }) => passage.length))),
    ...measureConfidence(questions, known, outOfScope),
    phrasings: countMissed(phrasings),
  }
}

type Confident = Pick<AskedQuestion, 'reply'>

function measureConfidence(questions: readonly Confident[], known: readonly AskedQuestion[], outOfScope: readonly Confident[]) {
  const of = (list: readonly Confident[]) => list.map(({ reply }) => reply.confidence)
  const right = known.filter(({ isRight }) => isRight)
  const others = [...known.filter(({ isRight }) => !isRight), ...outOfScope]
  const forecasts = [
    ...of(questions).map(confidence => ({ confidence, isTrue: true })),
    ...of(outOfScope).map(confidence => ({ confidence, isTrue: false })),
  ]
  const hasBoth = questions.length > 0 && outOfScope.length > 0
  return {
    right_auroc: right.length > 0 && others.length > 0 ? areaUnderCurve(of(right), of(others)) : undefined,
    scope_auroc: hasBoth ? areaUnderCurve(of(questions), of(outOfScope)) : undefined,
    calibration: hasBoth ? calibrate(forecasts) : undefined,
  }
}

function countMissed(phrasings: readonly AskedPhrasing[]): ReplyFigures['phrasings'] {
  const groups = Object.entries(Object.groupBy(phrasings, ({ phrasing }) => phrasing))
  return Object.fromEntries(
    groups.map(([name, group = []]) => [name, { asked: group.length, missed: group.filter(({ isFound }) => !isFound).length }]),
  )
}

function count<T extends string>(values: readonly T[]): Partial<Record<T, number>> {
  const counts: Partial<Record<T, number>> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0)
}
