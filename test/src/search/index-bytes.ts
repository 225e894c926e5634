import type { PassageSearch } from '../../../src/search/passage-search.ts'

/** An engine's index file, assembled from its slices. Bytes that no slice covers are 0. */
export function indexBytes(engine: PassageSearch, revision = 0): Uint8Array {
  const slices = [...engine.encodeInSlices(revision)]
  const bytes = new Uint8Array(Math.max(...slices.map(({ offset, bytes }) => offset + bytes.length)))
  for (const slice of slices) bytes.set(slice.bytes, slice.offset)
  return bytes
}
