const MARKS = [
  ['<!--', '-->'],
  ['{/*', '*/}'],
] as const

/** Removes HTML comments and those of MDX, except from inline code, in linear time. */
export function dropComments(text: string): string {
  let kept = text
  for (const [open, close] of MARKS) {
    let from = 0
    let counted = 0
    /** Backticks between the beginning of the line and `counted`. */
    let ticks = 0
    const parts: string[] = []
    for (let at = kept.indexOf(open); at !== -1; at = kept.indexOf(open, from)) {
      const end = kept.indexOf(close, at + open.length)
      if (end === -1) break
      const before = kept.slice(counted, at)
      const line = before.lastIndexOf('\n') + 1
      ticks = (line === 0 ? ticks : 0) + before.slice(line).split('`').length - 1
      counted = at
      const isCode = ticks % 2 === 1
      parts.push(kept.slice(from, isCode ? end + close.length : at))
      from = end + close.length
    }
    kept = parts.join('') + kept.slice(from)
  }
  return kept
}
