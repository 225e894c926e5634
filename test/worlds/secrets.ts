import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRedactor } from '../../src/logging/redaction/redactor.ts'
import type { LabelledText } from '../redaction-set.ts'

/** A text that a user or a document may contain, the secret in it, and the secret's kind. */
export interface SecretText {
  readonly kind: string
  readonly text: string
  readonly value: string
}

/** Loads one text of each kind of the labelled set whose secret the redactor recognizes. */
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

/** Parts of secrets that also occur in messages, labels and the texts around the secrets. */
const COMMON = /^(?:begin|private|key|rsa|openssh|encrypted|example|deploy|mail|files|host|firma|server)$/i

/**
 * The parts of a secret that a text contains: the whole of it, or a run of at least six letters and
 * digits. Runs of four or five that contain a digit have to be whole words.
 */
export function fragmentsIn(text: string, value: string): readonly string[] {
  const runs = value.split(/[^\p{L}\p{N}]+/u).filter(run => !COMMON.test(run))
  return [value, ...runs].filter(run => {
    if (run.length >= 6) return text.includes(run)
    return run.length >= 4 && /\d/.test(run) && new RegExp(`(?<![\\p{L}\\p{N}.-])${run}(?![\\p{L}\\p{N}.-])`, 'u').test(text)
  })
}
