/**
 * Creates a function that formats the current time. Formatting is a fifth of a line's cost, so
 * lines of one millisecond share the text.
 *
 * @param now Milliseconds since 1970.
 */
export function createLineClock(now: () => number): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    const millisecond = now()
    if (millisecond !== at) text = new Date(millisecond).toISOString()
    at = millisecond
    return text
  }
}
