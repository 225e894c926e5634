const NEWLINE = 10

/** Counts the line ends in a text or in its bytes. */
export function countLines(text: string | Uint8Array): number {
  let count = 0
  if (typeof text === 'string') for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  else for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) count++
  return count
}
