import type { Retrieved, RetrievedPassage } from '../search/retrieval.ts'
import { headsLinks } from '../text/page-words.ts'
import { endAt, selectSegments, startAt } from '../text/passages/segment-table.ts'
import { listShown, measureHidden } from './alternatives.ts'
import { type Candidate, createCandidate } from './candidate.ts'
import { coverage, masksOf, termsOfAll, type WeightedTerms } from './likeness.ts'
import type { Question } from './question/question.ts'
import { type Compared, type FoundShares, scoreSegments } from './segment-score.ts'

/**
 * Rates the segments of passages: their scores, and the softmax of these over all segments. Returns
 * the passages that have something to quote, in the given order. Cost is linear in the number of
 * segments.
 */
export function rateCandidates(
  { passages, matchedTerms }: Pick<Retrieved, 'passages' | 'matchedTerms'>,
  question: Question,
  terms: WeightedTerms,
): readonly Candidate[] {
  const best = Math.max(Number.MIN_VALUE, ...passages.map(({ score }) => score))
  const bestOf = new Map<string, number>()
  for (const { documentId, score } of passages) bestOf.set(documentId, Math.max(score, bestOf.get(documentId) ?? 0))
  const bits = matchedTerms.map(term => terms.bits.get(term) ?? 0)
  const scored = passages.filter(isQuotable).map(passage => {
    const found = { search: passage.score / best, document: bestOf.get(passage.documentId)! / best }
    return scorePassage(passage, found, { question, terms, bits })
  })
  const sum = toOdds(scored.map(({ totals }) => totals))
  return scored.map(one => toCandidate(one, sum))
}

type ScoredPassage = ReturnType<typeof scorePassage>

function scorePassage(passage: RetrievedPassage, found: FoundShares, compared: Compared) {
  const { question, terms, bits } = compared
  const { segments: table } = passage.analysis
  const masks = masksOf(passage, table, bits, false)
  const mask = termsOfAll(masks)
  const covered = coverage(mask, terms)
  const scores = scoreSegments(passage, masks, covered, found, compared)
  const shown = listShown(table, passage.text, tool => question.words.some(({ word }) => word === tool))
  const headed = scores.isEntry ? 1 : coverage(masks.path, terms)
  const totals = shown === undefined ? scores.totals : shown.map(i => scores.totals[i]!)
  return { passage, masks, mask, covered, headed, scores, shown, totals }
}

/** Turns the scores of all segments into odds, relative to the best one, and returns their sum. */
function toOdds(scores: readonly number[][]): number {
  let greatest = Number.NEGATIVE_INFINITY
  for (const totals of scores) for (let i = 0; i < totals.length; i++) greatest = Math.max(greatest, totals[i]!)
  let sum = 0
  for (const totals of scores)
    for (let i = 0; i < totals.length; i++) {
      totals[i] = Math.exp(totals[i]! - greatest)
      sum += totals[i]!
    }
  return sum
}

function toCandidate(scored: ScoredPassage, sum: number): Candidate {
  const { passage, masks, mask, covered, headed, scores, shown, totals: odds } = scored
  const { documentId, headings, analysis } = passage
  const { segments } = analysis
  const bySegment =
    shown === undefined
      ? { table: segments, masks: masks.segments, shares: scores.shares, hidden: undefined }
      : {
          table: selectSegments(segments, shown),
          masks: shown.map(i => masks.segments[i]!),
          shares: shown.map(i => scores.shares[i]!),
          hidden: measureHidden(segments, shown),
        }
  const { table } = bySegment
  let probability = 0
  let best = 0
  for (let i = 0; i < odds.length; i++) {
    odds[i]! /= sum
    probability += odds[i]!
    if (odds[i]! > odds[best]!) best = i
  }
  const likeliest = { start: startAt(table, best), end: endAt(table, best), score: scores.partsOf(shown?.[best] ?? best) }
  return createCandidate({
    ...{ passage, mask, covered, headed, probability, likeliest },
    pathMask: masks.path,
    section: [documentId, ...headings].join('\n'),
    probabilities: odds,
    ...bySegment,
  })
}

/** Whether a passage has something to quote, and is no list of links. */
function isQuotable({ title, headings, analysis }: RetrievedPassage): boolean {
  return analysis.segments.length > 0 && !headsLinks(headings.at(-1) ?? title)
}
