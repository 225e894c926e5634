import type { Evidence } from './confidence.ts'

export interface Source {
  readonly title: string
  readonly location: string
  readonly passage: string
  readonly score: number
  /**
   * Quoted ranges of the passage, or the best range of a further source: offsets in UTF-16 code
   * units, `end` exclusive, ascending.
   */
  readonly highlights?: readonly { readonly start: number; readonly end: number }[]
}

/** How an answer was found, for `/why`. */
export interface Workings {
  /** How the message was parsed: `question`. */
  readonly parsedAs: string
  readonly terms: readonly {
    readonly word: string
    readonly term: string
    readonly documentFrequency: number
    readonly idf: number
  }[]
  readonly candidates: readonly { readonly title: string; readonly location: string; readonly score: number }[]
  /** Lowest confidence, 0–1, of an answer. */
  readonly threshold: number
  /** The figures behind the confidence. */
  readonly evidence?: Evidence
  /** Words of earlier turns in the search, with their weights, 0–1. */
  readonly context?: readonly { readonly text: string; readonly weight: number }[]
  /** Words that no document contains, each with the word searched for instead. */
  readonly corrections?: readonly { readonly word: string; readonly suggestion: string }[]
}
