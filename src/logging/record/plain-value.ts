import { roundMs } from '../../base/round-ms.ts'
import type { Redact } from '../../reply-text.ts'
import { toErrorRecord } from './error-record.ts'
import { cutText, MAX_TEXT_CHARS } from './line-limit.ts'

const MAX_DEPTH = 8
const MAX_ENTRIES = 200
/** Limit of nested objects below one field of a record. */
const MAX_VALUES = 2000

/**
 * Converts any value to a plain JSON value, bounded in depth, breadth and length. Never throws,
 * even for throwing getters, proxies, `toJSON` and cycles; a part that cannot be converted, or
 * exceeds a limit, becomes a word in brackets. Texts are redacted only if they are cut.
 */
export function toPlain(value: unknown, redact: Redact): unknown {
  switch (typeof value) {
    case 'string':
      return cutText(value, MAX_TEXT_CHARS, redact)
    case 'boolean':
    case 'undefined':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    default:
      return value === null ? null : plainObject(value, redact, { left: MAX_VALUES }, [])
  }
}

function plainObject(value: unknown, redact: Redact, budget: { left: number }, path: readonly unknown[]): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'symbol') return cutText(String(value), MAX_TEXT_CHARS, redact)
  if (typeof value === 'function') return '[function]'
  if (typeof value !== 'object' || value === null) return toPlain(value, redact)
  if (path.includes(value)) return '[circular]'
  if (path.length >= MAX_DEPTH) return '[max depth]'
  if (budget.left-- <= 0) return '[truncated]'
  const deeper = [...path, value]
  const inner = (part: unknown) => plainObject(part, redact, budget, deeper)
  try {
    return plainContent(value, inner, redact)
  } catch {
    // Code of the value threw.
    return '[unreadable]'
  }
}

function plainContent(value: object, inner: (part: unknown) => unknown, redact: Redact): unknown {
  if (value instanceof Error) return inner({ ...toErrorRecord(value, redact) })
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Map) return { map: entriesOf(value.entries(), value.size).map(inner) }
  if (value instanceof Set) return { set: entriesOf(value.values(), value.size).map(inner) }
  if (Array.isArray(value)) return entriesOf(value.values(), value.length).map(inner)
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON === 'function') return inner(toJSON.call(value))
  const names = Object.keys(value)
  const entries = names.slice(0, MAX_ENTRIES).map(name => [cutText(name, 200, redact), readProperty(value, name, inner)] as const)
  const more = names.length - entries.length
  return Object.fromEntries(more > 0 ? [...entries, ['cut', `${more} more fields`]] : entries)
}

function readProperty(value: object, name: string, inner: (part: unknown) => unknown): unknown {
  try {
    return inner(toMicroseconds(name, (value as Readonly<Record<string, unknown>>)[name]))
  } catch {
    // A getter threw; the other fields are kept.
    return '[unreadable]'
  }
}

/** Rounds a duration, which is any number whose key ends in `_ms`, to microseconds. */
export function toMicroseconds(key: string, value: unknown): unknown {
  return typeof value === 'number' && key.endsWith('_ms') ? roundMs(value) : value
}

function entriesOf(values: Iterator<unknown>, size: number): unknown[] {
  const taken: unknown[] = []
  for (let next = values.next(); !next.done && taken.length < MAX_ENTRIES; next = values.next()) taken.push(next.value)
  return size > taken.length ? [...taken, `… (${size - taken.length} more)`] : taken
}
