import { createFenceReader } from '../markdown/code/fences.ts'

/** Real paragraphs have a few dozen lines. */
const MAX_LINES = 1000
const MAX_CHARS = 16_000
/** The beginning of another block, and embedded HTML, which ends at an empty line. */
const BLOCK = /^[^\S\n]*(?:$|#{1,6}\s|[-*+>]\s|\d{1,9}[.)]\s)/
const HTML = /^[^\S\n]*</
/** A list or quote in another one. Each part of the line would have to begin with both. */
const NESTED = /^\s*(?:(?:[-*+>]|\d{1,9}[.)])\s*){2}/

/**
 * Divides very long paragraphs of Markdown, because the parser takes quadratic time for each:
 * 20,000 lines took 5 s. Code, tables and embedded HTML are not changed.
 */
export function divideParagraphs(text: string): string {
  if (text.length <= MAX_CHARS && text.split('\n').length <= MAX_LINES) return text
  const readFence = createFenceReader()
  const divided: string[] = []
  let lines = 0
  let chars = 0
  let isHtml = false
  for (const line of text.split('\n')) {
    const isEnd = BLOCK.test(line)
    if (readFence(line).kind !== 'text' || isEnd || line.includes('|')) lines = chars = 0
    isHtml = isEnd ? false : isHtml || (lines === 0 && HTML.test(line))
    if (lines >= MAX_LINES || chars >= MAX_CHARS) {
      if (!isHtml) divided.push('')
      lines = chars = 0
    }
    lines++
    chars += line.length
    const isLong = line.length > MAX_CHARS && !isHtml && !line.includes('|') && !NESTED.test(line)
    divided.push(isLong ? divideLine(line) : line)
  }
  return divided.join('\n')
}

function divideLine(line: string): string {
  const parts: string[] = []
  let from = 0
  while (line.length - from > MAX_CHARS) {
    const end = line.indexOf(' ', from + MAX_CHARS)
    if (end === -1) break
    parts.push(line.slice(from, end))
    from = end + 1
  }
  return [...parts, line.slice(from)].join('\n\n')
}
