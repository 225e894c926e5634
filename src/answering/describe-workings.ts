import type { RetrievedPassage } from '../search/retrieval.ts'
import type { RatedPassages } from './answerer.ts'
import type { Candidate } from './candidate.ts'
import type { QuotedSection } from './reply/quoted-section.ts'
import type { Workings } from './workings.ts'

/**
 * Describes how an answer was found: stored with the turn and shown by `/why`.
 * @param questions The questions of the message.
 * @param decisive The one that the confidence is of.
 */
export function describeWorkings(
  questions: readonly RatedPassages[],
  { evidence }: RatedPassages,
  sections: readonly QuotedSection[],
  threshold: number,
): Workings {
  const quoted = sections.flatMap(({ passages }) => passages.map(({ candidate }) => candidate.passage))
  const isQuoted = ({ documentId, ordinal }: RetrievedPassage) =>
    quoted.some(passage => passage.ordinal === ordinal && passage.documentId === documentId)
  const context = questions.flatMap(({ plan }) => plan.context)
  const corrections = questions.flatMap(rated => rated.corrections)
  return {
    parsedAs: 'question',
    terms: firstOf(questions.flatMap(describeTerms), ({ term }) => term),
    candidates: questions.flatMap(rated =>
      rated.candidates
        .toSorted((a, b) => b.probability - a.probability)
        .map(candidate => ({
          ...describeCandidate(candidate, rated),
          quoted: isQuoted(candidate.passage),
          ...(questions.length > 1 && { question: rated.plan.question.text }),
        })),
    ),
    threshold,
    evidence: { ...evidence, contributions: roundAll(evidence.contributions) },
    ...(context.length > 0 && { context }),
    ...(corrections.length > 0 && { corrections }),
  }
}

function describeTerms({ terms, weighted }: RatedPassages): Workings['terms'] {
  return terms.map(({ word, term, documentFrequency, idf }) => {
    const weight = round(weighted.weights[Math.log2(weighted.bits.get(term) ?? 0)] ?? 0)
    return { word, term, documentFrequency, idf, weight }
  })
}

/** The first item of each key. */
function firstOf<T>(items: readonly T[], keyOfItem: (item: T) => string): readonly T[] {
  return [...Map.groupBy(items, keyOfItem).values()].map(([first]) => first!)
}

function describeCandidate(candidate: Candidate, { terms, weighted }: RatedPassages): Workings['candidates'][number] {
  const { passage, probability, mask, likeliest } = candidate
  const has = ({ term }: { readonly term: string }) => (mask & (weighted.bits.get(term) ?? 0)) !== 0
  return {
    title: passage.title,
    location: passage.location,
    score: passage.score,
    share: round(probability),
    parts: roundAll(likeliest.score),
    matched: terms.filter(has).map(({ word }) => word),
    missing: terms.filter(one => one.weight === 1 && !has(one)).map(({ word }) => word),
  }
}

function roundAll<Name extends string>(values: Readonly<Record<Name, number>>): Readonly<Record<Name, number>> {
  const rounded: Record<Name, number> = { ...values }
  for (const name in rounded) rounded[name] = round(rounded[name])
  return rounded
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
