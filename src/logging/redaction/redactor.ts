import { formsOf, redactPath } from '../../text/printing/path-redaction.ts'
import { redactEncoded } from './encoded-text.ts'
import { redactRandomStrings } from './random-strings.ts'
import { NUMBERS } from './redaction-numbers.ts'
import { ADDRESSES, SECRETS } from './redaction-patterns.ts'
import { isSecretName, plainName } from './secret-names.ts'
import {
  AT,
  BEYOND_ASCII,
  DASH,
  DIGIT,
  ESCAPE,
  has,
  LONG_RUN,
  SAYS_WORD,
  SIGN,
  type TextTraits,
  traitsOf,
} from './text-traits.ts'

export interface RedactorOptions {
  /** Names of further fields to redact, in any spelling: `full_name` includes `fullName`. */
  readonly fields?: readonly string[]
}

/**
 * Replaces personal data and secrets in texts and records by labels such as `[email]` and `[card]`.
 */
export interface Redactor {
  /** Redacts a text. Cost: linear in its length. */
  text(text: string): string
  /**
   * Redacts a plain JSON record at any depth, names included. Returns the same object if nothing
   * changes; never modifies it.
   */
  record<Value>(record: Value): Value
  /**
   * Returns the forms of a text that have to be checked: as received, percent-decoded, and with
   * plus signs and slashes as spaces.
   */
  formsOf(text: string): readonly string[]
}

/** This module, for threads that make their own redactor. */
export const REDACTOR_MODULE = new URL(import.meta.url)

/** Facts about a field name. */
interface NameFacts {
  readonly shown: string
  /** Label that replaces any value of the field. */
  readonly label: string | undefined
}

const MAX_DEPTH = 64
const MAX_KNOWN_NAMES = 1000

/** All rules, in the order in which they are applied. */
const RULES = [...SECRETS, ...ADDRESSES, NUMBERS]
/** A text with a value to redact has one of these. */
const TRIGGERS = DIGIT | AT | SIGN | LONG_RUN | DASH | ESCAPE | BEYOND_ASCII | SAYS_WORD
/** How deep secrets may be encoded in each other. */
const MAX_ENCODINGS = 3
/** Characters that look like ASCII ones, invisible characters, and digits of other scripts. */
const DISGUISED =
  /[\u00A0\u00AD\u2000-\u200D\u2010-\u2015\u202F\u2060\u2212\u3000\uFE52\uFE59\uFE5A\uFE62\uFE63\uFE6B\uFEFF\uFF08\uFF09\uFF0B\uFF0D\uFF0E\uFF10-\uFF19\uFF20-\uFF5A]|(?!\d)\p{Nd}/gu
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
const PARTS_BEYOND_ASCII = /[^\0-\x7F]+/g

/**
 * Fields of the logger, with their formats. In its format a value is kept, because a hash may look
 * like a card number; in any other format it is redacted as text.
 */
const OWN_FIELDS: Readonly<Record<string, RegExp>> = {
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  level: /^[A-Z]{4,8}$/,
  module: /^[a-z_-]{1,64}$/,
  function: /^[a-z_-]{1,64}$/,
  trace_id: /^[\da-f]{32}$/,
  span_id: /^[\da-f]{16}$/,
  session_id: /^s_[\w-]{22}$/,
  turn_id: /^[\w-]{24}$/,
  user_id: /^[\w-]{16,64}$/,
  key_id: /^(?:k_[\da-f]{12}|machine)$/,
  // Of the server itself, which operators look for.
  address: /^https?:\/\/[\w.:[\]-]{1,253}:\d{1,5}$/,
  docs: /^https?:\/\/[\w.:[\]-]{1,253}:\d{1,5}\/docs$/,
  listen_host: /^[\w.:-]{1,253}$/,
  version: /^v?\d+\.\d+\.\d+(?:-[\w.]{1,32})?$/,
}

/** Creates a redactor. */
export function createRedactor({ fields = [] }: RedactorOptions = {}): Redactor {
  const extraNames = new Set(fields.map(plainName).filter(Boolean))
  const names = new Map<string, NameFacts>()

  function walk(value: unknown, name: string, depth: number): unknown {
    if (typeof value === 'string') return redactField(name, value)
    if (typeof value === 'number') return redactNumber(name, value)
    if (typeof value !== 'object' || value === null) return value
    if (depth > MAX_DEPTH) return '[max depth]'
    return Array.isArray(value) ? walkArray(value, name, depth) : walkObject(value as Record<string, unknown>, depth)
  }

  function walkArray(values: readonly unknown[], name: string, depth: number): unknown {
    const walked = values.map(value => walk(value, name, depth + 1))
    return walked.every((value, i) => value === values[i]) ? values : walked
  }

  function walkObject(record: Readonly<Record<string, unknown>>, depth: number): unknown {
    let changes: Map<string, [string, unknown]> | undefined
    for (const name of Object.keys(record)) {
      const value = record[name]
      const { shown, label } = factsOf(name)
      const walked =
        depth === 0 && hasOwnFormat(name, value)
          ? value
          : label !== undefined && isRedactable(value)
            ? label
            : walk(value, name, depth)
      if (walked === value && shown === name) continue
      changes ??= new Map()
      changes.set(name, [shown, walked])
    }
    if (changes === undefined) return record
    // Object.fromEntries defines properties instead of assigning them, which makes `__proto__` an
    // ordinary name.
    return Object.fromEntries(
      Object.entries(record).map(([name, value], i) => {
        const [shown, walked] = changes.get(name) ?? [name, value]
        return [shown === name ? name : `${shown}_${i}`, walked]
      }),
    )
  }

  /** Cached by name, because a log has few names. */
  function factsOf(name: string): NameFacts {
    const known = names.get(name)
    if (known !== undefined) return known
    const isExtra = extraNames.size > 0 && extraNames.has(plainName(name))
    const facts = { shown: redactText(name), label: isSecretName(name) ? '[secret]' : isExtra ? '[redacted]' : undefined }
    if (names.size < MAX_KNOWN_NAMES && name.length < 100) names.set(name, facts)
    return facts
  }

  return { text: redactText, record: record => walk(record, '', 0) as typeof record, formsOf }
}

function isRedactable(value: unknown): boolean {
  return value !== null && typeof value !== 'boolean' && value !== ''
}

function hasOwnFormat(name: string, value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(OWN_FIELDS, name) && OWN_FIELDS[name]?.test(value) === true
}

function redactText(text: string): string {
  return redactWith(text, traitsOf(text), 0)
}

function redactWith(text: string, given: TextTraits, depth: number): string {
  if (!mayHold(given)) return text
  const plain = has(given, BEYOND_ASCII) ? undisguise(text) : text
  const traits = plain === text ? given : given | traitsOf(plain)
  let redacted = plain
  for (const rule of RULES) if (rule.mayMatch(redacted, traits)) redacted = rule.redact(redacted)
  if (depth < MAX_ENCODINGS && has(traits, LONG_RUN | ESCAPE)) {
    const inner = (decoded: string) => redactWith(decoded, traitsOf(decoded), depth + 1)
    if (has(traits, LONG_RUN)) redacted = redactRandomStrings(redacted, inner)
    if (has(traits, ESCAPE)) redacted = redactEncoded(redacted, inner)
  }
  return redacted === plain ? text : redacted
}

function mayHold(traits: TextTraits): boolean {
  return has(traits, TRIGGERS)
}

/** Replaces disguised characters. To save time, only the parts beyond ASCII are searched. */
function undisguise(text: string): string {
  return text.replace(PARTS_BEYOND_ASCII, part => part.replace(DISGUISED, toAscii))
}

/** Redacts a value with its field name as context, like the words before a number in a sentence. */
function redactField(name: string, value: string): string {
  const traits = traitsOf(value)
  if (!mayHold(traits) || UUID.test(value)) return value
  if (name === 'document_id') return redactPath(value, redactText)
  const head = `${name}: `
  const redacted = redactWith(head + value, traits | SIGN, 0)
  return redacted.startsWith(head) ? redacted.slice(head.length) : redactText(value)
}

function redactNumber(name: string, value: number): number | string {
  if (!Number.isSafeInteger(value) || value < 1e8) return value
  const digits = String(value)
  const redacted = redactField(name, digits)
  return redacted === digits ? value : redacted
}

function toAscii(character: string): string {
  const plain = character.normalize('NFKC')
  if (/^[\x20-\x7E]$/.test(plain)) return plain
  if (/[\u2010-\u2015\u2212]/.test(character)) return '-'
  if (/\p{Zs}/u.test(character)) return ' '
  if (!/\p{Nd}/u.test(character)) return /\p{Cf}/u.test(character) ? '' : character
  // The digits of a script have consecutive code points, starting with its zero.
  const code = character.codePointAt(0) ?? 0
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String(code - zero)
}
