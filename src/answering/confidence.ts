import type { Retrieved } from '../search/retrieval.ts'
import type { Candidate } from './candidate.ts'
import {
  bestCoverage,
  masksOf,
  sum,
  type TermMasks,
  termsAround,
  termsOfAll,
  toWeightedTerms,
  visitNeighbours,
  withoutSynonyms,
  withoutTerms,
} from './likeness.ts'
import type { Question } from './question/question.ts'
import { sizeOf, type WeighedWord, weighContext, weighOwnWords } from './weighed-words.ts'

/**
 * Evidence that the retrieved passages contain an answer. Shares are 0–1, of the question's weight.
 */
export interface Evidence {
  /** Estimated probability that the documents answer, to four decimals. 0 if nothing matches. */
  readonly confidence: number
  /** Share in the best passage with its headings. */
  readonly covered: number
  /** Share in the best three neighbouring segments with their headings. */
  readonly together: number
  /** Share of the question's neighbouring words that are within four words of each other. */
  readonly pairs: number
  /** Share of words that no document contains, times the size of the collection. */
  readonly missing: number
  /** Share of the question's idf in the best title and headings. */
  readonly headed: number
  /** Share of the rare words that at most three passages contain, times the size. */
  readonly scarce: number
  /** Number of content words, at most 8. */
  readonly words: number
  /** Number of identifiers in the question that no retrieved passage contains. */
  readonly unknownIdentifiers: number
  /** How much the message depends on earlier turns whose words are part of the search, 0–1. */
  readonly followUp: number
  /** Probability of the best passage, times the size. */
  readonly mass: number
  /** Smallness of the collection: 0 for 2,000 passages or more, 0.35 for 140 or fewer. */
  readonly smallness: number
  /** `covered` times the same without a limit: 1 for one passage. */
  readonly coveredInSmall: number
  /**
   * What each feature adds to the sum of the logistic model, by its name, and `constant`. Empty if
   * nothing matches.
   */
  readonly contributions: Readonly<Record<string, number>>
}

/** A feature of the model. */
export type EvidenceFeature = keyof typeof WEIGHTS

/**
 * Weights of a logistic model, rounded from trained ones. docs/internals/answering.md has the
 * figures.
 */
const WEIGHTS = {
  covered: 3.2,
  together: 1.8,
  pairs: 1.2,
  missing: -2.2,
  headed: 2.7,
  scarce: -0.7,
  words: 0.55,
  unknownIdentifiers: -4.5,
  followUp: 3.6,
  mass: 1.6,
  /** Small collections lack many words of the questions that they answer. */
  smallness: 2,
  coveredInSmall: 4,
} as const
const EVEN_ODDS = -6.6
/** `smallness` of about 140 passages: fewer do not answer more of what they are asked. */
const MOST_SMALLNESS = 0.35
const FEW_PASSAGES = 3
const PAIR_DISTANCE = 4
const COUNTED_WORDS = 8
/** How far the lesser side of a comparison, looked for alone, raises the share of the whole. */
const SIDES_SHARE = 0.5
/** Value of `pairs` for a question of one word. */
const NO_PAIR = 0.5

/**
 * Whether a question gets no answer: nothing was found, or an answer is too unlikely.
 */
export function abstains({ confidence }: Pick<Evidence, 'confidence'>, threshold: number): boolean {
  return confidence === 0 || confidence < threshold
}

/**
 * Estimates from their text whether passages answer a question, by a logistic model. The engine's
 * scores count only through the odds of the best passage. Words are weighted by their rarity in
 * English and in the documents. Cost is linear in the text.
 */
export function weighEvidence(
  question: Question,
  retrieved: Pick<Retrieved, 'terms' | 'contextTerms' | 'corrections' | 'matchedTerms'>,
  candidates: readonly Candidate[],
): Evidence {
  const own = weighOwnWords(question, retrieved)
  const earlier = withoutSynonyms(retrieved.contextTerms, question)
  // A question of stop words only, such as "how do you do", has no subject.
  if (own.length === 0 || candidates.length === 0) return NOTHING
  const words = [...own, ...weighContext(earlier)]
  const weighted = toWeightedTerms(
    words.map(({ term, weight }) => [term, weight]),
    question.synonyms,
  )
  const { bits } = weighted
  const near = new Set<number>()
  const masks = retrieved.matchedTerms.map(term => bits.get(term) ?? 0)
  const found = candidates.map(({ passage, table }) => {
    visitNeighbours(passage, masks, PAIR_DISTANCE, (first, second) => near.add(first | second))
    return masksOf(passage, table, masks, true)
  })
  // Documents often describe each side of a comparison in another place.
  const parts = question.sides.map((_, i) => withoutTerms(weighted, question.sides[1 - i]!))
  const best = (masks: readonly number[], whole = bestCoverage(masks, weighted)) => {
    const least = parts.length === 0 ? 0 : Math.min(...parts.map(part => bestCoverage(masks, part)))
    return whole + SIDES_SHARE * Math.max(0, least - whole)
  }
  const passages = found.map(termsOfAll)
  const rare = own.filter(({ isRare }) => isRare)
  const missing = own.filter(({ term, documentFrequency }) => documentFrequency === 0 && bits.has(term))
  const scarce = rare.filter(({ documentFrequency }) => documentFrequency <= FEW_PASSAGES)
  const size = sizeOf(retrieved)
  const covered = best(passages)
  const features = {
    covered,
    together: best(found.flatMap(listTogether)),
    pairs: sharePairs(own, bits, near),
    missing: (size * sum(missing.map(({ weight }) => weight))) / weighted.total,
    headed: best(
      found.map(({ path }) => path),
      Math.max(...candidates.map(({ headed }) => headed)),
    ),
    scarce: (size * scarce.length) / Math.max(1, rare.length),
    words: Math.min(COUNTED_WORDS, own.length),
    unknownIdentifiers: question.identifiers.filter(name => !isKnown(name, retrieved, candidates)).length,
    followUp: earlier.length > 0 ? question.dependence : 0,
    mass: size * Math.max(...candidates.map(({ probability }) => probability)),
    smallness: Math.min(MOST_SMALLNESS, 1 - size),
    coveredInSmall: (1 - size) * covered,
  }
  const contributions = contribute(features)
  const isEmpty = passages.every(mask => mask === 0)
  if (isEmpty) return { ...NOTHING, ...features }
  return { confidence: round(1 / (1 + Math.exp(-sum(Object.values(contributions))))), ...features, contributions }
}

/** The terms of each three neighbouring segments with their headings. */
function listTogether(masks: TermMasks): readonly number[] {
  return masks.segments.map((_, i) => masks.path | termsAround(masks, i))
}

/** The terms of the model's sum. */
function contribute(features: Readonly<Record<EvidenceFeature, number>>): Readonly<Record<string, number>> {
  const contributions: Record<string, number> = { constant: EVEN_ODDS }
  for (const name of FEATURES) contributions[name] = WEIGHTS[name] * features[name]
  contributions.unknownIdentifiers = WEIGHTS.unknownIdentifiers * Math.min(1, features.unknownIdentifiers)
  return contributions
}

const FEATURES = Object.keys(WEIGHTS) as readonly EvidenceFeature[]
const NO_FEATURES = Object.fromEntries(FEATURES.map(name => [name, 0])) as Record<EvidenceFeature, number>
const NOTHING: Evidence = { confidence: 0, ...NO_FEATURES, contributions: {} }

function sharePairs(own: readonly WeighedWord[], bits: ReadonlyMap<string, number>, near: ReadonlySet<number>): number {
  if (own.length < 2) return NO_PAIR
  const pairs = own.slice(1).map(({ term }, i) => (bits.get(own[i]!.term) ?? 0) | (bits.get(term) ?? 0))
  return pairs.filter(pair => near.has(pair)).length / pairs.length
}

/** Whether a passage has the identifier, or the documents have it in another form, as a plural. */
function isKnown(name: string, { terms }: Pick<Retrieved, 'terms'>, candidates: readonly Candidate[]): boolean {
  const isTerm = terms.some(({ word, documentFrequency }) => word === name && documentFrequency > 0)
  const has = (written: string) => written.toLowerCase().includes(name)
  return isTerm || candidates.some(({ passage: { title, headings, text } }) => [title, ...headings, text].some(has))
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
