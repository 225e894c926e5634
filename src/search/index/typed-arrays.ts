export type GrowableArray = Uint8Array | Uint16Array | Uint32Array | Float64Array

/**
 * The array itself if it has at least `length` elements, else a copy of at least twice its size: growing element by element costs
 * constant time each on average. New elements are zero.
 */
export function withRoomFor<T extends GrowableArray>(array: T, length: number): T {
  if (length <= array.length) return array
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, 2 * array.length))
  larger.set(array)
  return larger
}

/** The first place from `from` to `to` (exclusive) of a sorted array whose element is not below the key; `to` where there is none. */
export function lowerBound(sorted: Uint32Array, from: number, to: number, key: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle] < key) low = middle + 1
    else high = middle
  }
  return low
}
