import { type Fingerprint, fingerprintOf, idOf } from './fingerprint.ts'

/** Assigns records to kinds of errors, and learns which words of their texts vary. */
export interface Fingerprints {
  /** Returns the kind of a record. Its template may become more general with later records. */
  assign(record: Readonly<Record<string, unknown>>): Fingerprint
}

interface Kind {
  fingerprint: Fingerprint
  words: readonly string[]
}

/** Share of words that two texts of a kind have in common, as in Drain (He et al., 2017). */
const SIMILARITY = 0.7
/** Kinds that are compared with a text of the same code, place and length. */
const MAX_SIBLINGS = 50
/** Kinds in all; above it, no text is generalized. About 5 MB. */
const MAX_KINDS = 5000

/**
 * Creates a recognizer of kinds. Two records are of one kind if code, module, message, error type
 * and frame are equal, and 70 % of the words of the errors' texts, at the same places. The id is
 * that of the kind's first record. Only a text with at least four words is generalized: in a
 * shorter one, a single word distinguishes kinds.
 */
export function createFingerprints(): Fingerprints {
  const kinds = new Map<string, Kind[]>()
  const known = new Map<string, Kind>()
  return {
    assign(record) {
      const fingerprint = fingerprintOf(record)
      const exact = known.get(fingerprint.id)
      if (exact !== undefined) return exact.fingerprint
      const words = fingerprint.template.split(' ')
      const key = JSON.stringify([idOf({ ...fingerprint, template: '' }), words.length])
      const siblings = kinds.get(key) ?? []
      const alike = words.length < 4 ? undefined : siblings.find(kind => likeness(kind.words, words) >= SIMILARITY)
      if (known.size >= MAX_KINDS) return alike?.fingerprint ?? fingerprint
      if (alike !== undefined) {
        generalize(alike, words)
        known.set(fingerprint.id, alike)
        return alike.fingerprint
      }
      const kind = { fingerprint, words }
      known.set(fingerprint.id, kind)
      if (siblings.length < MAX_SIBLINGS) kinds.set(key, [...siblings, kind])
      return fingerprint
    },
  }
}

function likeness(a: readonly string[], b: readonly string[]): number {
  return a.filter((word, i) => word === b[i]).length / a.length
}

function generalize(kind: Kind, words: readonly string[]): void {
  kind.words = kind.words.map((word, i) => (word === words[i] ? word : '<*>'))
  kind.fingerprint = { ...kind.fingerprint, template: kind.words.join(' ') }
}
