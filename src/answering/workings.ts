import type { Evidence } from './confidence.ts'
import type { SegmentScore } from './segment-score.ts'

/** A range of a stored passage, in UTF-16 code units; `end` is exclusive. */
export interface PassageSpan {
  readonly ordinal: number
  readonly start: number
  readonly end: number
}

/**
 * Where the text of a source is stored: ranges of a document's passages, and the text between them.
 * Joined, they are the text.
 */
export interface PassageOrigin {
  readonly documentId: string
  readonly pieces: readonly (PassageSpan | string)[]
}

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
  readonly origin?: PassageOrigin
  /** The document has changed since the reply: `passage` is empty. */
  readonly changed?: true
}

/** A part of a segment's score. */
export type SegmentFeature = keyof SegmentScore

/** A passage that was compared with the question. Older turns have the first three fields only. */
export interface RatedCandidate {
  readonly title: string
  readonly location: string
  /** The search's score. */
  readonly score: number
  /** Probability, 0–1, that this passage answers best: its share of the odds. */
  readonly share?: number
  /** Whether the reply quotes it. */
  readonly quoted?: boolean
  /** What each feature added to the score of the passage's best segment, by name. */
  readonly parts?: Readonly<Record<string, number>>
  /** The question's words that the passage or its headings contain, and those that they lack. */
  readonly matched?: readonly string[]
  readonly missing?: readonly string[]
  /** Of a message with several questions: the one that it was compared with. */
  readonly question?: string
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
    /** What the word weighs when passages are compared; 0: it does not count. */
    readonly weight?: number
  }[]
  /** The passages that were compared, most probable first, for each question of the message. */
  readonly candidates: readonly RatedCandidate[]
  /** Lowest confidence, 0–1, of an answer. */
  readonly threshold: number
  /** The figures behind the confidence. Turns of older versions lack `contributions`. */
  readonly evidence?: Omit<Evidence, 'contributions'> & Partial<Pick<Evidence, 'contributions'>>
  /** Words of earlier turns in the search, with their weights, 0–1. */
  readonly context?: readonly { readonly text: string; readonly weight: number }[]
  /** Words that no document contains, each with the word searched for instead. */
  readonly corrections?: readonly { readonly word: string; readonly suggestion: string }[]
}
