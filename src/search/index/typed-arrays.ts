export type GrowableArray = Uint8Array | Uint16Array | Uint32Array | Float64Array

/**
 * Returns the array itself if it has at least `length` elements, otherwise a copy of at least twice
 * its size: growing by one element takes constant time on average. New elements are 0.
 */
export function withRoomFor<T extends GrowableArray>(array: T, length: number): T {
  if (length <= array.length) return array
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, 2 * array.length))
  larger.set(array)
  return larger
}

/**
 * Binary search in a sorted array: the first index in `from`–`to` (exclusive) whose element is at
 * least `key`, or `to`.
 */
export function lowerBound(sorted: Uint32Array, from: number, to: number, key: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
