import type { TextTraits } from './text-traits.ts'

/** Replaces the values of one kind. */
export interface RedactionRule {
  /** A fast test that every text passes in which `redact` changes something. Most texts do not. */
  mayMatch(text: string, traits: TextTraits): boolean
  redact(text: string): string
}
