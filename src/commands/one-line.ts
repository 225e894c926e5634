/**
 * A text as one line of at most `maxLength` characters, cut with an ellipsis. White space is collapsed, and control characters go, since
 * the line may end up in a terminal.
 */
export function oneLine(text: string, maxLength: number): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  if (line.length <= maxLength) return line
  const halfPair = /[\uD800-\uDBFF]$/
  return `${line
    .slice(0, maxLength - 1)
    .replace(halfPair, '')
    .trimEnd()}…`
}
