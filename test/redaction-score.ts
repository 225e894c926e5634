import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabelledText } from './redaction-set.ts'

export interface KindScore {
  readonly cases: number
  /** Recall: share of the values of this kind that are removed. */
  readonly recall: number
  /** Precision: share of removals with this label that were values of this kind. */
  readonly precision: number
}

/** The labelled set in the repository. */
export function readLabelled(): LabelledText[] {
  const lines = readFileSync(join(import.meta.dirname, 'fixtures/redaction/labelled.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map(line => JSON.parse(line))
}

/**
 * Measures precision and recall of a redactor by kind. A value counts as found if all of it is
 * removed and the other text is unchanged. Any other removal counts as a false positive of the kind
 * in its label.
 */
export function scoreRedaction(texts: readonly LabelledText[], redact: (text: string) => string) {
  const counts = new Map<string, { cases: number; found: number; wrong: number }>()
  const count = (kind: string) => counts.get(kind) ?? counts.set(kind, { cases: 0, found: 0, wrong: 0 }).get(kind) ?? never()
  const misses: { readonly text: string; readonly output: string }[] = []
  for (const { kind, text, value } of texts) {
    count(kind).cases++
    const output = redact(text)
    const labels = output.match(/\[[a-z-]+\]/g)?.filter(label => !text.includes(label)) ?? []
    const gone = value !== undefined && !output.includes(value)
    // Any label counts: a key after `password=` is both a secret and a key.
    const exact = value === undefined ? output === text : labels.length === 1 && output === text.replace(value, labels[0] ?? '')
    if (gone) count(kind).found++
    if (!exact) {
      misses.push({ text, output })
      if (labels.length > 0) count(value === undefined ? (labels[0]?.slice(1, -1) ?? kind) : kind).wrong++
      if (value === undefined) count('none').wrong++
    }
  }
  const scores = new Map<string, KindScore>(
    [...counts].map(([kind, { cases, found, wrong }]) => [
      kind,
      kind === 'none'
        ? { cases, recall: (cases - wrong) / cases, precision: (cases - wrong) / cases }
        : { cases, recall: cases === 0 ? 1 : found / cases, precision: found + wrong === 0 ? 1 : found / (found + wrong) },
    ]),
  )
  return { scores, misses }
}

function never(): never {
  throw new Error('a map holds what was just put in')
}
