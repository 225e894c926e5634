import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import type { LabelledText } from '../redaction-set.ts'

/** A text that a user or a document may contain, and the secret in it, of one kind of the labelled set. */
export interface SecretText {
  readonly kind: string
  readonly text: string
  readonly value: string
}

/** One text of each kind in the labelled set, each of which the redactor recognizes when it sees all of it. */
export function loadSecretTexts(): readonly SecretText[] {
  const redact = createRedactor().text
  const fixture = join(import.meta.dirname, '../fixtures/redaction/labelled.jsonl')
  const labelled = readFileSync(fixture, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as LabelledText)
  return [...Map.groupBy(labelled, ({ kind }) => kind)]
    .filter(([kind]) => kind !== 'none')
    .map(([kind, texts]) => {
      const text = texts.find(({ text, value = '' }) => value.length >= 8 && fragmentsIn(redact(text), value).length === 0)
      if (text?.value === undefined) throw new Error(`no text of the kind ${kind} is redacted`)
      return { kind, text: text.text, value: text.value }
    })
}

/** Parts of secrets that are also words of fixed wording, of labels and of the texts around the secrets. */
const COMMON = /^(?:begin|private|key|rsa|openssh|encrypted|example|deploy|mail|files|host|firma|server)$/i

/**
 * The parts of a secret that a text contains: the whole of it, or a run of at least six letters and
 * digits. Runs of four or five that contain a digit have to be words of their own.
 */
export function fragmentsIn(text: string, value: string): readonly string[] {
  const runs = value.split(/[^\p{L}\p{N}]+/u).filter(run => !COMMON.test(run))
  return [value, ...runs].filter(run => {
    if (run.length >= 6) return text.includes(run)
    return run.length >= 4 && /\d/.test(run) && new RegExp(`(?<![\\p{L}\\p{N}.-])${run}(?![\\p{L}\\p{N}.-])`, 'u').test(text)
  })
}
