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

/** Shorter parts are counted only as whole words. */
const LONG = 6
/** Parts of secrets that also occur in messages, labels and the texts around the secrets. */
const COMMON = /^(?:begin|private|key|rsa|openssh|encrypted|example|deploy|mail|files|host|firma|server)$/i

/**
 * The parts of a secret that a text contains: the whole of it, or a run of at least six letters and
 * digits. Runs of four or five that contain a digit have to be whole words.
 */
export function fragmentsIn(text: string, value: string): readonly string[] {
  return fragmentsOf(value).filter(fragment => {
    for (let at = text.indexOf(fragment); at !== -1; at = text.indexOf(fragment, at + 1))
      if (isFragmentAt(text, fragment, at)) return true
    return false
  })
}

/** The parts of a secret that identify it. Each has at least four characters. */
export function fragmentsOf(value: string): readonly string[] {
  const runs = value.split(/[^\p{L}\p{N}]+/u).filter(run => !COMMON.test(run))
  return [...new Set([value, ...runs])].filter(run => run.length >= LONG || (run.length >= 4 && /\d/.test(run)))
}

/** Whether a text has a part of a secret at a place. */
export function isFragmentAt(text: string, fragment: string, at: number): boolean {
  if (!text.startsWith(fragment, at)) return false
  return fragment.length >= LONG || !(isWordAt(text, at - 1) || isWordAt(text, at + fragment.length))
}

function isWordAt(text: string, at: number): boolean {
  return /^[\p{L}\p{N}.-]/u.test(text.charAt(at))
}
