/** A duration as it is told, in milliseconds with three decimals: what follows is noise. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
