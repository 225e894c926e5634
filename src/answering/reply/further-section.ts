import type { Candidate } from '../choice.ts'
import { sectionOf } from './quoted-section.ts'
import { QUOTED, type Run, SKIPPED } from './run-extent.ts'

/** Names of change logs and news, as parts of a location. */
const LOG = /(?:^|[/_.-])(?:change-?logs?|changes|history|what-?s-?new|release-?notes?|news|announc\w*)(?:[/._-]|$)/i
/** A further run needs at least this share of the odds. */
const LEAST_MASS = 0.03
/** Least share of the first run's odds if a section has no further term of the question. */
const LEAST_WITHOUT_TERMS = 0.33
/** Most odds of any other passage, of those of a dominant one. */
const MOST_OF_OTHERS = 0.25

/** Whether a passage has by far the most odds. */
export function isDominant(candidates: readonly Candidate[], passage: Candidate): boolean {
  return candidates.every(other => other === passage || other.mass < MOST_OF_OTHERS * passage.mass)
}

/**
 * Finds a further run that is likely enough. A section that is beside the point is skipped from
 * then on, so its room goes to the sections that are quoted. A change log is, unless the first
 * section is from one.
 * @param sections Those that are quoted.
 * @param least The odds that a run of another section needs.
 */
export function findFurther(
  candidates: readonly Candidate[],
  taken: readonly Uint8Array[],
  sections: readonly string[],
  firstMass: number,
  leastShare: number,
  find: () => Run | undefined,
): Run | undefined {
  const quoted = candidates.filter(one => sections.includes(sectionOf(one)))
  for (;;) {
    const run = find()
    if (run === undefined || run.mass < LEAST_MASS) return undefined
    const found = candidates[run.place]!
    const key = sectionOf(found)
    const isLog = LOG.test(pageOf(found)) && !quoted.some(one => LOG.test(pageOf(one)))
    const least = addsTerms(run, candidates, taken) ? leastShare : Math.max(leastShare, LEAST_WITHOUT_TERMS)
    if (sections.includes(key) || (!isLog && run.mass >= least * firstMass)) return run
    for (const [place, candidate] of candidates.entries()) if (sectionOf(candidate) === key) taken[place]!.fill(SKIPPED)
  }
}

/** Whether a run has a term of the question that is not quoted yet. */
function addsTerms({ place, first, last }: Run, candidates: readonly Candidate[], taken: readonly Uint8Array[]): boolean {
  const own = candidates[place]!.segments.slice(first, last + 1)
  const quoted = candidates.flatMap(({ segments }, k) => segments.filter((_, i) => taken[k]![i] === QUOTED))
  const mask = quoted.reduce((all, one) => all | one.mask, 0)
  return own.some(one => (one.mask & ~mask) !== 0)
}

function pageOf({ passage: { location } }: Candidate): string {
  return location.replace(/#.*/s, '')
}
