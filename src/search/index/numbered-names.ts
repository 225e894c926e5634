/**
 * The names are spread over this many maps, so that each stays small enough to grow without a
 * noticeable pause.
 */
const SHARDS = 128

/** Maps names to numbers and back. The numbers of removed names are reused. */
export class NumberedNames {
  /** The names by number; '' if the number is free. */
  readonly names: string[]
  readonly free: number[]
  readonly #numbers: readonly Map<string, number>[]

  constructor(names: readonly string[] = [], free: readonly number[] = []) {
    this.names = [...names]
    this.free = [...free]
    this.#numbers = Array.from({ length: SHARDS }, () => new Map())
    const isFree = new Set(free)
    for (const [number, name] of this.names.entries()) if (!isFree.has(number)) this.#shard(name).set(name, number)
  }

  get size(): number {
    return this.names.length - this.free.length
  }

  find(name: string): number | undefined {
    return this.#shard(name).get(name)
  }

  /** Assigns a number to a new name. */
  add(name: string): number {
    const number = this.free.pop() ?? this.names.length
    this.names[number] = name
    this.#shard(name).set(name, number)
    return number
  }

  remove(number: number): void {
    this.#shard(this.names[number]).delete(this.names[number])
    this.names[number] = ''
    this.free.push(number)
  }

  #shard(name: string): Map<string, number> {
    const { length } = name
    const hash = length + 31 * name.charCodeAt(0) + 17 * name.charCodeAt(length >> 1) + 7 * name.charCodeAt(length - 1)
    return this.#numbers[hash % SHARDS || 0]
  }
}
