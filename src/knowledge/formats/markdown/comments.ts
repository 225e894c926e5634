import { createCodeFinder } from './code/code-spans.ts'

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
