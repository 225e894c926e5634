/** Longest line that the log holds, in bytes without its end: what the collector and Loki take in one piece. */
export const MAX_LINE_BYTES = 65_536

/** Longest text within a record, in UTF-16 units; a stack fits, and several of them fit into a line. */
export const MAX_TEXT_CHARS = 16_000

/** What a secret that begins before a cut may reach beyond it: it has to be seen whole to be found. */
const OVERLAP_CHARS = 512

/** Tries at a line that is too long: how much each text, and how many entries each object, may keep. */
const SHRINKING = [
  { chars: 4000, entries: 200 },
  { chars: 1000, entries: 50 },
  { chars: 200, entries: 20 },
  { chars: 100, entries: 10 },
] as const
const NAME_CHARS = 200

/** Shortens a text and says at its end by how much. @param redact Sees the text a little beyond the cut, so that no half of a secret is left. */
export function cutText(text: string, maxChars: number, redact: (text: string) => string = same => same): string {
  if (text.length <= maxChars) return text
  const kept = redact(text.slice(0, maxChars + OVERLAP_CHARS)).slice(0, maxChars)
  // Half of a surrogate pair is no character.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}… (${text.length - maxChars} more characters)`
}

/** Whether a line may be too long: exact where it could be, and cheap where it cannot. */
export function isTooLong(line: string): boolean {
  return line.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(line) > MAX_LINE_BYTES
}

/** A record as a line of at most `MAX_LINE_BYTES`. What had to be cut says so: texts at their end, objects by a field `cut`. */
export function toBoundedLine(record: object, encode: (record: object) => string = JSON.stringify): string {
  let line = encode(record)
  for (const { chars, entries } of SHRINKING) {
    if (!isTooLong(line)) return line
    line = encode(shrink(record, chars, entries, 0) as object)
  }
  return isTooLong(line) ? encode({ ...(shrink(record, 100, 20, 3) as object), cut: true }) : line
}

/** @param depth Objects below the fourth level are left out. */
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
