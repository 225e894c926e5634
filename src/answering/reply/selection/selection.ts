import type { Candidate } from '../../candidate.ts'
import { lengthOfNames } from '../list-names.ts'
import { HEADING_COST, NAMED, QUOTED, SelectedPassage, SKIPPED } from './selected-passage.ts'

/** Skips segments of a passage, which cannot be quoted then. */
type SkipIn = (passage: SelectedPassage) => void

/**
 * What is quoted of the candidates for one question. Changes while it is chosen. A passage is
 * opened when its segments are needed: few of the candidates are likely enough.
 */
export class Selection {
  readonly candidates: readonly Candidate[]
  /** The same, the likeliest first. */
  readonly likeliest: readonly Candidate[]
  /** The quoted sections, in the order of the reply. */
  readonly sections: string[] = []
  readonly #opened = new Map<Candidate, SelectedPassage>()
  readonly #skips: SkipIn[] = []
  /** The passages of which something was quoted, in the order of the candidates. */
  #chosen: readonly SelectedPassage[] = []

  constructor(candidates: readonly Candidate[]) {
    this.candidates = candidates
    this.likeliest = candidates.toSorted((a, b) => b.probability - a.probability)
  }

  /** A passage with the states of its segments: all free at first, unless they are skipped. */
  open(candidate: Candidate): SelectedPassage {
    const known = this.#opened.get(candidate)
    if (known !== undefined) return known
    const passage = new SelectedPassage(candidate)
    this.#opened.set(candidate, passage)
    for (const skip of this.#skips) skip(passage)
    return passage
  }

  /** The passages of a section. */
  openSection(section: string): readonly SelectedPassage[] {
    return this.candidates.filter(candidate => candidate.section === section).map(candidate => this.open(candidate))
  }

  /** Skips segments in all passages: now, or when they are opened. */
  skip(skip: SkipIn): void {
    for (const passage of this.#opened.values()) skip(passage)
    this.#skips.push(skip)
  }

  /** The passages of which something is quoted. */
  get quoted(): readonly SelectedPassage[] {
    return this.#chosen.filter(({ states }) => states.includes(QUOTED))
  }

  /** The passages of which something is quoted or named. */
  get shown(): readonly SelectedPassage[] {
    return this.#chosen.filter(({ states }) => states.includes(QUOTED) || states.includes(NAMED))
  }

  /** UTF-16 code units of all that is quoted or named, with the headings. */
  get spent(): number {
    const { quoted } = this
    const headings = new Set(quoted.map(({ candidate }) => candidate.section)).size
    const named = this.#chosen.find(({ names }) => names !== undefined)?.names
    const length = quoted.reduce((sum, passage) => sum + passage.quotedLength, 0)
    return length + HEADING_COST * headings + (named === undefined ? 0 : lengthOfNames(named))
  }

  /** Quotes segments of a passage. Its section becomes the last one, if it is new. */
  quote({ candidate, states }: SelectedPassage, first: number, last: number): void {
    states.fill(QUOTED, first, last + 1)
    const { section } = candidate
    if (!this.sections.includes(section)) this.sections.push(section)
    if (this.#chosen.some(chosen => chosen.candidate === candidate)) return
    const isChosen = (one: Candidate) => one === candidate || this.#chosen.some(chosen => chosen.candidate === one)
    this.#chosen = this.candidates.filter(isChosen).map(one => this.open(one))
  }

  /** Excludes the passages of a section from further runs. */
  skipSection(section: string): void {
    this.skip(({ candidate, states }) => {
      if (candidate.section === section) states.fill(SKIPPED)
    })
  }
}
