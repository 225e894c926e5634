import parseSecurely from 'secure-json-parse'
import { ChatError } from '../errors.ts'
import type { Payload } from './webhook.ts'

/** Ids of Teams are the longest, with about 200 characters. */
const MAX_ID_CHARS = 512

const UTF_8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Parses a body as a JSON object. Keys such as `__proto__` are removed.
 * @throws {ChatError} VALIDATION_ERROR
 */
export function parseJson(body: Uint8Array): Payload {
  try {
    const value: unknown = parseSecurely(UTF_8.decode(body), { protoAction: 'remove', constructorAction: 'remove' })
    if (isObject(value)) return value
  } catch (cause) {
    throw new ChatError('VALIDATION_ERROR', { message: 'The body is not valid JSON in UTF-8', cause })
  }
  throw new ChatError('VALIDATION_ERROR', { message: 'The body is not a JSON object' })
}

/** Parses the body of a form. Of a repeated field, the last value counts. */
export function parseForm(body: Uint8Array): Payload {
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)))
}

/** The value at a path of names; undefined if there is none. */
export function valueAt(payload: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), payload)
}

/** The text at a path; undefined if there is none, or an empty one. */
export function textAt(payload: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(payload, ...path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * The id at a path, a text or a whole number.
 * @throws {ChatError} VALIDATION_ERROR if it is missing or has more than 512 characters.
 */
export function idAt(payload: unknown, ...path: readonly string[]): string {
  const value = valueAt(payload, ...path)
  const id = Number.isSafeInteger(value) ? String(value) : value
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID_CHARS) return id
  throw new ChatError('VALIDATION_ERROR', {
    message: `${path.join('.')}: is missing or not valid. Use an id of 1–${MAX_ID_CHARS} characters`,
  })
}

/** A message without what the database cannot store: lone surrogates and NUL. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').trim()
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
