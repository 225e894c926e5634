/** Rounds a duration in milliseconds to whole microseconds, for logs and replies. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
