import type { Evidence } from './confidence.ts'

export interface Source {
  readonly title: string
  readonly location: string
  readonly passage: string
  readonly score: number
  /** What of the passage was quoted, or would have been: offsets in UTF-16 units, `end` exclusive, in the order of the text. */
  readonly highlights?: readonly { readonly start: number; readonly end: number }[]
}

/** Why an answer won, as `/why` tells it. */
export interface Workings {
  /** How the message was read: `question`, `greeting`, or the command's name. */
  readonly parsedAs: string
  readonly terms: readonly {
    readonly word: string
    readonly term: string
    readonly documentFrequency: number
    readonly idf: number
  }[]
  readonly candidates: readonly { readonly title: string; readonly location: string; readonly score: number }[]
  /** Confidence from which on an answer is given, 0–1. */
  readonly threshold: number
  /** What the confidence was made of. */
  readonly evidence?: Evidence
  /** Words of earlier turns that were searched for as well, with what they counted, 0–1. */
  readonly context?: readonly { readonly text: string; readonly weight: number }[]
  /** Words that stand in no document, with those that were looked up in their place. */
  readonly corrections?: readonly { readonly word: string; readonly suggestion: string }[]
}
