import { isLog } from '../../../text/page-words.ts'
import type { Candidate } from '../../candidate.ts'
import type { Run } from './run-extent.ts'
import type { Selection } from './selection.ts'

/** Least probability of a further run. */
const LEAST_PROBABILITY = 0.03
/** Least share of the first run's probability if a section has no further term of the question. */
const LEAST_WITHOUT_TERMS = 0.33
/** Most probability of any other passage, as a share of that of a dominant one. */
const MOST_OF_OTHERS = 0.25

/** Whether a passage has by far the greatest probability. */
export function isDominant(candidates: readonly Candidate[], passage: Candidate): boolean {
  return candidates.every(other => other === passage || other.probability < MOST_OF_OTHERS * passage.probability)
}

export interface FurtherRun {
  readonly run: Run | undefined
  /**
   * Sections that are beside the point although their runs are likelier. The caller skips them, so
   * their room goes to the sections that are quoted.
   */
  readonly beside: readonly string[]
}

/**
 * Chooses a further run that is likely enough: of a quoted section, or of another one that is not
 * beside the point. A change log is, unless the first section is from one.
 * @param runs The likeliest one of each passage, the likeliest of all first.
 * @param first The probability of the first run.
 * @param leastShare A run of another section needs at least this share of it.
 */
export function chooseFurther(selection: Selection, runs: Iterable<Run>, first: number, leastShare: number): FurtherRun {
  const { quoted, sections } = selection
  const mask = quoted.reduce((all, passage) => all | passage.quotedMask, 0)
  const quotesLog = selection.candidates.some(({ section, passage }) => sections.includes(section) && isLog(passage.location))
  const beside = new Set<string>()
  for (const run of runs) {
    const { candidate } = run.passage
    if (run.probability < LEAST_PROBABILITY) break
    if (beside.has(candidate.section)) continue
    const least = addsTerms(run, mask) ? leastShare : Math.max(leastShare, LEAST_WITHOUT_TERMS)
    const isLikely = run.probability >= least * first && (quotesLog || !isLog(candidate.passage.location))
    if (sections.includes(candidate.section) || isLikely) return { run, beside: [...beside] }
    beside.add(candidate.section)
  }
  return { run: undefined, beside: [...beside] }
}

/** Whether a run has a term of the question that is not in a mask. */
function addsTerms({ passage, first, last }: Run, mask: number): boolean {
  return passage.candidate.masks.slice(first, last + 1).some(own => (own & ~mask) !== 0)
}
