/** Maximum line length in bytes, without the line break: the limit of the collector and of Loki. */
export const MAX_LINE_BYTES = 65_536

/**
 * Maximum length of a text in a record, in UTF-16 code units. A stack fits, and several fit in a
 * line.
 */
export const MAX_TEXT_CHARS = 16_000

/** Characters after a cut that are redacted too: a secret is recognised only if it is complete. */
const OVERLAP_CHARS = 512

/**
 * Steps to shorten a line: the length that each text, and the entries that each object, may keep.
 */
const SHRINKING = [
  { chars: 4000, entries: 200 },
  { chars: 1000, entries: 50 },
  { chars: 200, entries: 20 },
  { chars: 100, entries: 10 },
] as const
const NAME_CHARS = 200

/**
 * Shortens a text and appends the number of characters removed.
 *
 * @param redact Redacts the text with some characters after the cut, to recognise a secret at the
 * cut.
 */
export function cutText(text: string, maxChars: number, redact: (text: string) => string = same => same): string {
  if (text.length <= maxChars) return text
  const kept = redact(text.slice(0, maxChars + OVERLAP_CHARS)).slice(0, maxChars)
  // Do not keep half of a surrogate pair.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}… (${text.length - maxChars} more characters)`
}

/** Whether a line exceeds the limit. Counts bytes only if the number of characters allows it. */
export function isTooLong(line: string): boolean {
  return line.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(line) > MAX_LINE_BYTES
}

/**
 * Encodes a record as a line of at most `MAX_LINE_BYTES`. Shortened texts end with a note;
 * shortened objects have a `cut` field.
 */
export function toBoundedLine(record: object, encode: (record: object) => string = JSON.stringify): string {
  let line = encode(record)
  for (const { chars, entries } of SHRINKING) {
    if (!isTooLong(line)) return line
    line = encode(shrink(record, chars, entries, 0) as object)
  }
  return isTooLong(line) ? encode({ ...(shrink(record, 100, 20, 3) as object), cut: true }) : line
}

/** @param depth Objects below the fourth level are replaced by `[cut]`. */
function shrink(value: unknown, maxChars: number, maxEntries: number, depth: number): unknown {
  if (typeof value === 'string') return cutText(value, maxChars)
  if (typeof value !== 'object' || value === null) return value
  if (depth > 3) return '[cut]'
  if (Array.isArray(value)) {
    const kept = value.slice(0, maxEntries).map(entry => shrink(entry, maxChars, maxEntries, depth + 1))
    return value.length > maxEntries ? [...kept, `… (${value.length - maxEntries} more)`] : kept
  }
  const entries = Object.entries(value)
  const kept = entries
    .slice(0, maxEntries)
    .map(([name, entry]) => [cutText(name, NAME_CHARS), shrink(entry, maxChars, maxEntries, depth + 1)])
  if (entries.length > maxEntries) kept.push(['cut', `${entries.length - maxEntries} more fields`])
  return Object.fromEntries(kept)
}
