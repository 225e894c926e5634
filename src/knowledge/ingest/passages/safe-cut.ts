import type { Redact } from '../../../reply-text.ts'

/**
 * A text that redaction recognizes is kept in one piece up to this length, which bounds the cost.
 */
const MAX_KEPT_CHARS = 8000
/** Attempts at each cut before the longer text is considered. */
const MAX_ATTEMPTS = 8

/**
 * Returns where to cut a text so that redaction finds in both parts what it finds in the whole, or
 * `preferred` if there is no such place within 8,000 characters. Cost: a constant number of
 * redactions of at most 8,000 characters.
 * @param preferred The best place by layout, which is tried first.
 */
export function findSafeCut(text: string, preferred: number, redact: Redact): number {
  return (
    findSafeCutWithin(text.slice(0, preferred * 2), preferred, redact) ??
    findSafeCutWithin(text.slice(0, MAX_KEPT_CHARS), preferred, redact) ??
    preferred
  )
}

function findSafeCutWithin(text: string, preferred: number, redact: Redact): number | undefined {
  const redacted = redact(text)
  if (redacted === text) return preferred
  const isSafe = (at: number) => at > 0 && redact(text.slice(0, at)) + redact(text.slice(at)) === redacted
  return candidatesOf(text, preferred, redacted).find(isSafe)
}

/** Places to cut, best first: lines before the preferred place, then around redacted text. */
function candidatesOf(text: string, preferred: number, redacted: string): number[] {
  const before = [preferred]
  for (const separator of ['\n', ' '])
    for (let at = preferred; before.length < MAX_ATTEMPTS / (separator === '\n' ? 2 : 1); ) {
      at = text.lastIndexOf(separator, at - 2) + 1
      if (at <= preferred / 4) break
      before.push(at)
    }
  let start = 0
  while (text[start] === redacted[start]) start++
  let sameAtEnd = 0
  while (sameAtEnd < text.length - start && text.at(-1 - sameAtEnd) === redacted.at(-1 - sameAtEnd)) sameAtEnd++
  const end = text.length - sameAtEnd
  const boundaryBefore = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf(' ', start - 1)) + 1
  const lineBefore = text.lastIndexOf('\n', start - 1) + 1
  const after = [/\n/g, /\s/g].map(separator => {
    separator.lastIndex = end
    return (separator.exec(text)?.index ?? text.length) + 1
  })
  return [...before, lineBefore, boundaryBefore, ...after].filter(at => at <= text.length)
}
