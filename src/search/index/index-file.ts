import { crc32 } from 'node:zlib'
import { type ArrayType, allocateArray, IndexMemory } from './index-memory.ts'
import type { GrowableArray } from './typed-arrays.ts'

/**
 * Read in the machine's byte order, so that a machine with the other byte order rejects the file.
 */
const MAGIC = 0x504c_4944
/** Increase with every change of the file format. */
const FORMAT_VERSION = 8
/**
 * Increase with every change of what is indexed of a text: the analysis, the field weights, the
 * segments.
 */
const ANALYSIS_VERSION = 10
/**
 * Magic, version, checksum of the arrays, length of the header in bytes, checksum of the header and
 * 0 (32 bits each), then the total length in bytes (a double).
 */
const PROLOGUE_BYTES = 32
/** Checking and writing a slice of this size takes well under 1 ms. */
const SLICE_BYTES = 1 << 20
/** The order is part of the file's format. */
const TYPES: readonly ArrayType[] = [Uint8Array, Uint16Array, Uint32Array, Float64Array]

/** The JSON header, at the end of the file. */
interface Header {
  readonly revision: number
  readonly analysis: number
  /** The arrays, in the order of the file. Zeros at the end of an array are not in the file. */
  readonly arrays: readonly {
    readonly name: string
    /** Index in `TYPES`. */
    readonly type: number
    /** Number of elements, and how many of them are in the file. */
    readonly length: number
    readonly stored: number
  }[]
}

/** A decoded index file. */
export interface DecodedIndex {
  readonly memory: IndexMemory
  readonly revision: number
  /** Whether the texts were analyzed by another version of the analysis. */
  readonly outdated: boolean
}

/** A part of an index file. */
export interface FileSlice {
  /** Offset in the file, in bytes. */
  readonly offset: number
  readonly bytes: Uint8Array
}

/**
 * Encodes an index in slices of up to 1 MB, in ascending order except for the last one, which
 * belongs at the start of the file: without it the file is invalid. Slices are views of the index's
 * own arrays. If the index changes before the last slice has been written, all slices are invalid.
 */
export function* encodeSlices({ arrays }: IndexMemory, revision: number): Generator<FileSlice, void> {
  const listed: Header['arrays'][number][] = []
  let checksum = 0
  let end = PROLOGUE_BYTES
  for (const [name, array] of arrays) {
    const stored = lengthWithoutZeros(array)
    listed.push({ name, type: TYPES.indexOf(array.constructor as ArrayType), length: array.length, stored })
    for (const bytes of cutSlices(array, stored)) {
      checksum = crc32(bytes, checksum)
      yield { offset: end, bytes }
      end += bytes.length
    }
  }
  const header: Header = { revision, analysis: ANALYSIS_VERSION, arrays: listed }
  const text = Buffer.from(JSON.stringify(header))
  yield { offset: end, bytes: text }

  const prologue = new Uint8Array(PROLOGUE_BYTES)
  new Uint32Array(prologue.buffer, 0, 5).set([MAGIC, FORMAT_VERSION, checksum, text.length, crc32(text)])
  new Float64Array(prologue.buffer, 24, 1)[0] = end + text.length
  yield { offset: 0, bytes: prologue }
}

/**
 * Decodes an index file of this length. Yields slices that the caller fills with the bytes of the
 * file at their offset. Returns undefined if the file is truncated, damaged, from another machine
 * type, or of another format version.
 */
export function* decodeSlices(fileBytes: number): Generator<FileSlice, DecodedIndex | undefined, void> {
  if (fileBytes < PROLOGUE_BYTES) return undefined
  const prologue = new Uint8Array(PROLOGUE_BYTES)
  yield { offset: 0, bytes: prologue }
  const [magic, version, checksum, headerBytes, headerChecksum, zero] = new Uint32Array(prologue.buffer, 0, 6)
  const [totalBytes] = new Float64Array(prologue.buffer, 24, 1)
  if (magic !== MAGIC || version !== FORMAT_VERSION || totalBytes !== fileBytes || zero !== 0) return undefined
  if (headerBytes! > fileBytes - PROLOGUE_BYTES) return undefined
  const text = new Uint8Array(headerBytes!)
  yield { offset: fileBytes - headerBytes!, bytes: text }
  if (crc32(text) !== headerChecksum) return undefined

  const { arrays, analysis, revision } = JSON.parse(Buffer.from(text).toString()) as Header
  const decoded = new Map<string, GrowableArray>()
  let computed = 0
  let offset = PROLOGUE_BYTES
  for (const { name, type, length, stored } of arrays) {
    const array = allocateArray(name, TYPES[type]!, length)
    for (const bytes of cutSlices(array, stored)) {
      yield { offset, bytes }
      computed = crc32(bytes, computed)
      offset += bytes.length
    }
    decoded.set(name, array)
  }
  if (computed !== checksum) return undefined
  return { memory: new IndexMemory(decoded), revision, outdated: analysis !== ANALYSIS_VERSION }
}

/** The first elements of an array as bytes, in slices. */
function* cutSlices({ buffer, byteOffset, BYTES_PER_ELEMENT }: GrowableArray, stored: number): Generator<Uint8Array, void> {
  const end = stored * BYTES_PER_ELEMENT
  for (let from = 0; from < end; from += SLICE_BYTES)
    yield new Uint8Array(buffer, byteOffset + from, Math.min(SLICE_BYTES, end - from))
}

function lengthWithoutZeros(array: GrowableArray): number {
  let { length } = array
  while (length > 0 && array[length - 1] === 0) length--
  return length
}
