import { BytePool, byteOffset } from './byte-pool.ts'
import type { IndexMemory } from './index-memory.ts'

const FIRST_BUCKETS = 64
const [SLOTS, SIZE, FREE, BUCKETS] = [0, 1, 2, 3]
const LARGEST_BYTE = 0xff

/**
 * Maps names to numbers and back. The numbers of removed names are reused. The hash table
 * grows by one bucket at a time (linear hashing, Litwin 1980), so growing does not pause the
 * process.
 */
export class NumberedNames {
  readonly #memory: IndexMemory
  readonly #name: string
  readonly #pool: BytePool
  /** Slots, names, the last free number plus 1, and buckets less the first ones. */
  readonly #counters: Uint32Array
  /** By number. A size is twice the length in code units, plus 1 if a unit has two bytes. */
  #addresses: Uint32Array
  #sizes: Uint32Array
  #hashes: Uint32Array
  /** By number: the next number of the bucket, or of the free ones, plus 1; or 0. */
  #successors: Uint32Array
  /** By bucket: its first number plus 1, or 0. */
  #heads: Uint32Array
  #encoded = new Uint8Array(256)

  constructor(memory: IndexMemory, name: string) {
    this.#memory = memory
    this.#name = name
    this.#pool = new BytePool(memory, name)
    this.#counters = memory.open(`${name}.counters`, Uint32Array, 4)
    this.#addresses = memory.open(`${name}.addresses`, Uint32Array)
    this.#sizes = memory.open(`${name}.sizes`, Uint32Array)
    this.#hashes = memory.open(`${name}.hashes`, Uint32Array)
    this.#successors = memory.open(`${name}.successors`, Uint32Array)
    this.#heads = memory.open(`${name}.heads`, Uint32Array, FIRST_BUCKETS)
  }

  get size(): number {
    return this.#counters[SIZE]!
  }

  /** The number of numbers assigned so far; every number in use is lower. */
  get slots(): number {
    return this.#counters[SLOTS]!
  }

  /** The name of a number in use. */
  name(number: number): string {
    const length = this.length(number)
    const address = this.#addresses[number]!
    return this.#isWide(number) ? this.#pool.text(address, 2 * length, 'utf16le') : this.#pool.text(address, length, 'latin1')
  }

  /** The length of a number's name in UTF-16 code units. */
  length(number: number): number {
    return this.#sizes[number]! >>> 1
  }

  /** Whether a number's name begins with this text. */
  startsWith(number: number, beginning: string): boolean {
    if (this.length(number) < beginning.length) return false
    const chunk = this.#pool.chunks[this.#addresses[number]! >>> 16]!
    const offset = byteOffset(this.#addresses[number]!)
    const isWide = this.#isWide(number)
    for (let i = 0; i < beginning.length; i++) if (unitAt(chunk, offset, i, isWide) !== beginning.charCodeAt(i)) return false
    return true
  }

  /** Whether a number's name contains this text. */
  includes(number: number, part: string): boolean {
    const chunk = this.#pool.chunks[this.#addresses[number]! >>> 16]!
    const offset = byteOffset(this.#addresses[number]!)
    const isWide = this.#isWide(number)
    const last = this.length(number) - part.length
    for (let start = 0; start <= last; start++) {
      let same = 0
      while (same < part.length && unitAt(chunk, offset, start + same, isWide) === part.charCodeAt(same)) same++
      if (same === part.length) return true
    }
    return false
  }

  find(name: string): number | undefined {
    const hash = hashOf(name)
    for (let next = this.#heads[this.#bucketOf(hash)]!; next !== 0; next = this.#successors[next - 1]!) {
      const number = next - 1
      if (this.#hashes[number] === hash && this.length(number) === name.length && this.startsWith(number, name)) return number
    }
    return undefined
  }

  /** Assigns a number to a new name. */
  add(name: string): number {
    const counters = this.#counters
    const isReused = counters[FREE] !== 0
    const number = isReused ? counters[FREE]! - 1 : counters[SLOTS]!++
    if (isReused) counters[FREE] = this.#successors[number]!
    else this.#makeRoom(number + 1)
    this.#store(number, name)
    this.#hashes[number] = hashOf(name)
    this.#link(number, this.#bucketOf(this.#hashes[number]))
    if (++counters[SIZE]! > this.#buckets) this.#split()
    return number
  }

  remove(number: number): void {
    const bucket = this.#bucketOf(this.#hashes[number]!)
    const next = this.#successors[number]!
    if (this.#heads[bucket] === number + 1) this.#heads[bucket] = next
    else {
      let before = this.#heads[bucket]! - 1
      while (this.#successors[before] !== number + 1) before = this.#successors[before]! - 1
      this.#successors[before] = next
    }
    this.#pool.giveBack(this.#addresses[number]!, this.length(number) * (this.#isWide(number) ? 2 : 1))
    this.#sizes[number] = 0
    this.#successors[number] = this.#counters[FREE]!
    this.#counters[FREE] = number + 1
    this.#counters[SIZE]!--
  }

  get #buckets(): number {
    return FIRST_BUCKETS + this.#counters[BUCKETS]!
  }

  #isWide(number: number): boolean {
    return (this.#sizes[number]! & 1) === 1
  }

  #bucketOf(hash: number): number {
    const half = greatestPower(this.#buckets)
    const bucket = hash & (2 * half - 1)
    return bucket < this.#buckets ? bucket : bucket & (half - 1)
  }

  /** Adds a bucket, and moves the names there that belong into it. All are in one other bucket. */
  #split(): void {
    const added = this.#buckets
    const half = greatestPower(added)
    const from = added - half
    this.#heads = this.#memory.withRoom(`${this.#name}.heads`, this.#heads, added + 1)
    this.#counters[BUCKETS]!++
    let next = this.#heads[from]!
    this.#heads[from] = 0
    while (next !== 0) {
      const number = next - 1
      next = this.#successors[number]!
      this.#link(number, (this.#hashes[number]! & (2 * half - 1)) === added ? added : from)
    }
  }

  #link(number: number, bucket: number): void {
    this.#successors[number] = this.#heads[bucket]!
    this.#heads[bucket] = number + 1
  }

  #store(number: number, name: string): void {
    let isWide = false
    for (let i = 0; i < name.length && !isWide; i++) isWide = name.charCodeAt(i) > LARGEST_BYTE
    const bytes = isWide ? 2 * name.length : name.length
    if (bytes > this.#encoded.length) this.#encoded = new Uint8Array(2 * bytes)
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i)
      this.#encoded[isWide ? 2 * i : i] = unit
      if (isWide) this.#encoded[2 * i + 1] = unit >>> 8
    }
    this.#addresses[number] = this.#pool.store(this.#encoded, bytes)
    this.#sizes[number] = 2 * name.length + (isWide ? 1 : 0)
  }

  #makeRoom(slots: number): void {
    const [memory, name] = [this.#memory, this.#name]
    this.#addresses = memory.withRoom(`${name}.addresses`, this.#addresses, slots)
    this.#sizes = memory.withRoom(`${name}.sizes`, this.#sizes, slots)
    this.#hashes = memory.withRoom(`${name}.hashes`, this.#hashes, slots)
    this.#successors = memory.withRoom(`${name}.successors`, this.#successors, slots)
  }
}

function unitAt(bytes: Uint8Array, offset: number, i: number, isWide: boolean): number {
  return isWide ? bytes[offset + 2 * i]! | (bytes[offset + 2 * i + 1]! << 8) : bytes[offset + i]!
}

function greatestPower(number: number): number {
  return 1 << (31 - Math.clz32(number))
}

/** FNV-1a with a final mix, an integer from 0 below 2³². */
function hashOf(name: string): number {
  let hash = 0x811c_9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193)
  return (hash ^ (hash >>> 15)) >>> 0
}
