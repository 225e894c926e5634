import type { GrowableArray } from './typed-arrays.ts'

export type ArrayType<T extends GrowableArray = GrowableArray> = new (
  buffer: SharedArrayBuffer,
  offset?: number,
  length?: number,
) => T

/** Address space that is reserved for an array, so that it grows without being copied. */
const RESERVED_BYTES = 2 ** 28
/** An array grows by an eighth, and at least to this many elements. */
const GROWTH = 9 / 8
const LEAST_LENGTH = 1024
const IS_CHUNK = /\.\d+$/

/**
 * The memory of an index: arrays by name, all of them shared, so that other threads can read the
 * index without a copy. The thread that changes the index replaces an array that has become too
 * short by a longer one over the same memory, and reports it to the others (`takeReplaced`).
 */
export class IndexMemory {
  readonly #arrays: Map<string, GrowableArray>
  readonly #replaced = new Map<string, GrowableArray>()

  constructor(arrays: Iterable<readonly [string, GrowableArray]> = []) {
    this.#arrays = new Map(arrays)
  }

  get arrays(): ReadonlyMap<string, GrowableArray> {
    return this.#arrays
  }

  /** Returns the array of this name. If there is none, creates one of this length. */
  open<T extends GrowableArray>(name: string, type: ArrayType<T>, length = 0): T {
    return (this.#arrays.get(name) as T | undefined) ?? this.#put(name, allocateArray(name, type, length))
  }

  /**
   * Returns an array with room for `length` elements: the given one, or a longer one that replaces
   * it. New elements are 0. Takes constant time up to 256 MB.
   */
  withRoom<T extends GrowableArray>(name: string, array: T, length: number): T {
    if (length <= array.length) return array
    const type = array.constructor as ArrayType<T>
    const wanted = Math.max(length, LEAST_LENGTH, Math.ceil(array.length * GROWTH))
    const buffer = array.buffer as SharedArrayBuffer
    const bytes = wanted * array.BYTES_PER_ELEMENT
    if (bytes <= buffer.maxByteLength) {
      buffer.grow(bytes)
      return this.#put(name, new type(buffer, 0, wanted))
    }
    const larger = allocateArray(name, type, wanted)
    larger.set(array)
    return this.#put(name, larger)
  }

  /** The chunks of this name, in order. A chunk never grows. */
  chunks<T extends GrowableArray>(name: string): T[] {
    const chunks: T[] = []
    for (let i = 0; ; i++) {
      const chunk = this.#arrays.get(`${name}.${i}`)
      if (chunk === undefined) return chunks
      chunks.push(chunk as T)
    }
  }

  /** Creates or replaces a chunk. */
  setChunk<T extends GrowableArray>(name: string, number: number, type: ArrayType<T>, length: number): T {
    return this.#put(`${name}.${number}`, allocateArray(`${name}.${number}`, type, length))
  }

  /** Uses arrays that another thread has created or replaced. */
  adopt(arrays: ReadonlyMap<string, GrowableArray>): void {
    for (const [name, array] of arrays) this.#arrays.set(name, array)
  }

  /** Returns the arrays that have been created or replaced since the last call. */
  takeReplaced(): ReadonlyMap<string, GrowableArray> {
    const replaced = new Map(this.#replaced)
    this.#replaced.clear()
    return replaced
  }

  #put<T extends GrowableArray>(name: string, array: T): T {
    this.#arrays.set(name, array)
    this.#replaced.set(name, array)
    return array
  }
}

/** Allocates the array of a name, filled with 0. */
export function allocateArray<T extends GrowableArray>(
  name: string,
  type: ArrayType<T> & { readonly BYTES_PER_ELEMENT?: number },
  length: number,
): T {
  const bytes = length * (type.BYTES_PER_ELEMENT ?? 1)
  const room = IS_CHUNK.test(name) ? undefined : { maxByteLength: Math.max(RESERVED_BYTES, 2 * bytes) }
  return new type(new SharedArrayBuffer(bytes, room), 0, length)
}
