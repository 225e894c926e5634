/**
 * Shortens a text to one line of at most `maxLength` characters, with an ellipsis at the cut.
 * Collapses white space and removes control characters, since the line may be shown in a terminal.
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
