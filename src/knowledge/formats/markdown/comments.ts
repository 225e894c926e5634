import { createCodeFinder } from './code/code-spans.ts'
import { createFenceReader } from './code/fences.ts'

const MARKS = [
  ['<!--', '-->'],
  ['{{/*', '*/}}'],
  ['{/*', '*/}'],
] as const

/** Removes comments of HTML, Go templates and MDX, except from inline code, in linear time. */
export function dropComments(text: string): string {
  let kept = text
  for (const [open, close] of MARKS) {
    if (!kept.includes(open)) continue
    const findCode = createCodeFinder(kept)
    const parts: string[] = []
    let from = 0
    for (let at = kept.indexOf(open); at !== -1; ) {
      const code = findCode(at)
      const end = code === undefined ? kept.indexOf(close, at + open.length) : -1
      if (code === undefined && end === -1) break
      if (end !== -1) {
        const before = kept.slice(from, at)
        from = end + close.length
        // What is removed leaves no space before a punctuation mark.
        parts.push(/[,.;:!?)]/.test(kept[from] ?? '') ? before.replace(/(?<=\S) $/, '') : before)
      }
      at = kept.indexOf(open, code?.end ?? from)
    }
    kept = parts.join('') + kept.slice(from)
  }
  return kept
}

/** The beginning of a comment of several lines. */
const OPENING = /^\s*(<!--|\{\{\/\*|\{\/\*)/

/**
 * Removes comments that begin with a line outside of fenced code, with all fenced code in them. A
 * comment without an end stays. Linear time.
 */
export function dropBlockComments(lines: readonly string[]): readonly string[] {
  const kept: string[] = []
  const readFence = createFenceReader()
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    const open = readFence(line).kind === 'text' ? OPENING.exec(line)?.[1] : undefined
    const close = MARKS.find(([mark]) => mark === open)?.[1]
    if (close === undefined || line.includes(close)) {
      kept.push(line)
      continue
    }
    let end = i + 1
    while (end < lines.length && !lines[end]!.includes(close)) end++
    const rest = lines[end]
    if (rest === undefined) return [...kept, ...lines.slice(i)]
    kept.push(rest.slice(rest.indexOf(close) + close.length))
    i = end
  }
  return kept
}
