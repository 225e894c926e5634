const INITIAL_BYTES = 16_384
/** The length of a text below this takes one byte. */
const SHORT = 128
const NANOSECONDS = 1e9
/** The value of a hexadecimal digit by its character code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0)

/**
 * Writes protobuf messages into a growing buffer in one pass. The length of a nested message is
 * known at its end: one byte is reserved for it, and the message is moved if the length needs more.
 * Source: https://protobuf.dev/programming-guides/encoding
 */
export class ProtobufWriter {
  /** Bytes written so far. */
  length = 0
  #bytes: Buffer

  constructor(initialBytes = INITIAL_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes)
  }

  /** The bytes written so far. They share memory with the writer. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  /** Begins a message in a field. Returns what `end` needs. */
  begin(field: number): number {
    this.#tag(field, 2)
    this.#reserve(1)
    return this.length++
  }

  /** Ends the message that `begin` has begun, with all messages inside it ended before. */
  end(lengthAt: number): void {
    const start = lengthAt + 1
    const end = this.length
    const size = end - start
    if (size < SHORT) {
      this.#bytes[lengthAt] = size
      return
    }
    const moved = varintBytes(size) - 1
    this.#reserve(moved)
    this.#bytes.copyWithin(start + moved, start, end)
    this.length = lengthAt
    this.#varint(size)
    this.length = end + moved
  }

  /** Writes a field of type int32, uint32, bool or enum. */
  integer(field: number, value: number): void {
    this.#tag(field, 0)
    this.#varint(value)
  }

  /** Writes a field of type int64. Integers only. */
  int64(field: number, value: number): void {
    this.#tag(field, 0)
    let low = value >>> 0
    let high = Math.floor(value / 2 ** 32) >>> 0
    this.#reserve(10)
    for (; high > 0 || low > 127; high >>>= 7) {
      this.#bytes[this.length++] = (low & 127) | 128
      low = ((low >>> 7) | (high << 25)) >>> 0
    }
    this.#bytes[this.length++] = low
  }

  double(field: number, value: number): void {
    this.#tag(field, 1)
    this.#reserve(8)
    this.length = this.#bytes.writeDoubleLE(value, this.length)
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, 5)
    this.#reserve(4)
    this.#word(value)
  }

  /**
   * Writes seconds and nanoseconds as nanoseconds, in a field of type fixed64. The number has more
   * bits than a JavaScript number holds, so it is computed in two parts.
   */
  nanoseconds(field: number, [seconds, nanoseconds]: readonly [number, number]): void {
    this.#tag(field, 1)
    this.#reserve(8)
    const upper = Math.floor(seconds / 65_536) * NANOSECONDS
    const lower = (upper % 65_536) * 65_536 + (seconds % 65_536) * NANOSECONDS + nanoseconds
    this.#word(lower)
    this.#word(Math.floor(upper / 65_536) + Math.floor(lower / 2 ** 32))
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, 2)
    this.#varint(value.length)
    this.raw(value)
  }

  /** Writes hexadecimal digits as bytes. */
  hexadecimal(field: number, digits: string): void {
    this.#tag(field, 2)
    this.#varint(digits.length >> 1)
    this.#reserve(digits.length >> 1)
    const bytes = this.#bytes
    let at = this.length
    for (let i = 0; i < digits.length; i += 2)
      bytes[at++] = (DIGITS[digits.charCodeAt(i)] << 4) | DIGITS[digits.charCodeAt(i + 1)]
    this.length = at
  }

  /** Writes a text as UTF-8. Unpaired surrogates become U+FFFD. */
  text(field: number, value: string): void {
    this.#tag(field, 2)
    if (value.length < SHORT && this.#shortAscii(value)) return
    const size = Buffer.byteLength(value)
    this.#varint(size)
    this.#reserve(size)
    this.length += this.#bytes.write(value, this.length)
  }

  /** Appends encoded fields. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#bytes.set(value, this.length)
    this.length += value.length
  }

  /**
   * Writes the length and the characters of a short text. Returns false, with nothing written, if
   * it is not ASCII. For short texts the loop is faster than a call of `Buffer.write`.
   */
  #shortAscii(value: string): boolean {
    const size = value.length
    this.#reserve(size + 1)
    const bytes = this.#bytes
    const start = this.length + 1
    for (let i = 0; i < size; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return false
      bytes[start + i] = code
    }
    bytes[this.length] = size
    this.length = start + size
    return true
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType)
  }

  /** @param value Below 2^32. */
  #varint(value: number): void {
    this.#reserve(5)
    let rest = value >>> 0
    for (; rest > 127; rest >>>= 7) this.#bytes[this.length++] = (rest & 127) | 128
    this.#bytes[this.length++] = rest
  }

  /** Writes the lower 32 bits, least significant byte first. */
  #word(value: number): void {
    const bytes = this.#bytes
    const at = this.length
    const word = value >>> 0
    bytes[at] = word
    bytes[at + 1] = word >>> 8
    bytes[at + 2] = word >>> 16
    bytes[at + 3] = word >>> 24
    this.length = at + 4
  }

  #reserve(size: number): void {
    const needed = this.length + size
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(grown, 0, 0, this.length)
    this.#bytes = grown
  }
}

function varintBytes(value: number): number {
  return value < 2 ** 14 ? 2 : value < 2 ** 21 ? 3 : value < 2 ** 28 ? 4 : 5
}
