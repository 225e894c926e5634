/**
 * Makes of a reading one that is done anew only when it is asked for and the last is older than `ttlMs`: metrics that are read from the same
 * place share it, and so do all who collect them.
 */
export function cacheReading<Value>(read: () => Promise<Value>, ttlMs: number): () => Promise<Value> {
  let last: { readonly at: number; readonly value: Promise<Value> } | undefined
  return () => {
    if (last === undefined || performance.now() - last.at > ttlMs) last = { at: performance.now(), value: read() }
    return last.value
  }
}
