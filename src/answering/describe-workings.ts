import type { RatedPassages } from './answerer.ts'
import { type Candidate, sum } from './choice.ts'
import type { QuotedSection } from './reply/quote-selection.ts'
import type { Workings } from './workings.ts'

/** Describes how an answer was found: stored with the turn and shown by `/why`. */
export function describeWorkings(rated: RatedPassages, sections: readonly QuotedSection[], threshold: number): Workings {
  const { terms, candidates, evidence, corrections, plan, weighted } = rated
  const quoted = new Set(sections.flatMap(({ passages }) => passages.map(({ candidate }) => candidate)))
  return {
    parsedAs: 'question',
    terms: terms.map(({ word, term, documentFrequency, idf }) => {
      const weight = round(weighted.weights[Math.log2(weighted.bits.get(term) ?? 0)] ?? 0)
      return { word, term, documentFrequency, idf, weight }
    }),
    candidates: candidates
      .toSorted((a, b) => b.mass - a.mass)
      .map(candidate => ({ ...describeCandidate(candidate, rated), quoted: quoted.has(candidate) })),
    threshold,
    evidence: { ...evidence, contributions: roundAll(evidence.contributions) },
    ...(plan.context.length > 0 && { context: plan.context }),
    ...(corrections.length > 0 && { corrections }),
  }
}

function describeCandidate(candidate: Candidate, { terms, weighted }: RatedPassages): Workings['candidates'][number] {
  const { passage, mass, mask, segments } = candidate
  const asked = terms.filter(({ term }) => weighted.bits.has(term))
  const has = ({ term }: { readonly term: string }) => (mask & weighted.bits.get(term)!) !== 0
  const best = segments.reduce((a, b) => (sum(b.score) > sum(a.score) ? b : a))
  return {
    title: passage.title,
    location: passage.location,
    score: passage.score,
    share: round(mass),
    parts: roundAll({ ...best.score }),
    matched: asked.filter(has).map(({ word }) => word),
    missing: terms
      .filter(({ term, weight }) => weight === 1 && !asked.some(one => one.term === term && has(one)))
      .map(({ word }) => word),
  }
}

function roundAll(values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]))
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
