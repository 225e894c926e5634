import { crc32 } from 'node:zlib'
import type { ListsContent } from './block-lists.ts'
import { BLOCK_ROW } from './block-rows.ts'
import type { PooledBytes } from './byte-pool.ts'
import { CHUNK_ENTRIES } from './entry-pool.ts'
import { jsonPieces } from './json-pieces.ts'
import type { IndexContent } from './passage-index.ts'
import type { GrowableArray } from './typed-arrays.ts'

/**
 * Read in the machine's byte order, so that a machine with the other byte order rejects the file.
 */
const MAGIC = 0x504c_4944
/** Increase with every change of the file format. */
const FORMAT_VERSION = 5
/**
 * Increase with every change of what is indexed of a text: the analysis, the field weights, the
 * segments.
 */
const ANALYSIS_VERSION = 8
/**
 * Magic, version, checksum and header length in bytes (32 bits each), then the total length in
 * bytes (a double).
 */
const PROLOGUE_BYTES = 24
/**
 * The checksum covers everything after the prologue, then the prologue from this offset. The first
 * three fields need no checksum because each change of them is detected.
 */
const COVERED_FROM = 12
/** Checking and writing a slice of this size takes well under 1 ms. */
const SLICE_BYTES = 1 << 20
/**
 * Growable arrays are saved with this much spare room, so that the first addition after loading
 * does not copy them.
 */
const SLACK = 1 / 8

/**
 * The JSON header: everything except the arrays. It is at the end of the file, after the arrays,
 * each of which begins at a multiple of 8 bytes.
 */
interface Header {
  readonly revision: number
  readonly analysis: number
  readonly index: Pick<IndexContent, 'freePassages' | 'slots' | 'additions' | 'labels' | 'labelWords'>
  readonly terms: readonly string[]
  readonly freeTerms: readonly number[]
  readonly ids: readonly string[]
  readonly freeIds: readonly number[]
  readonly postings: ListsHeader
  readonly grams: ListsHeader
  readonly bytes: Omit<PooledBytes, 'chunks'> & { readonly chunks: number }
  /** Number of elements of each array. */
  readonly lengths: readonly number[]
}

interface ListsHeader {
  readonly blocksUsed: number
  readonly freeBlock: number
  readonly entriesUsed: number
}

/** A decoded index file. */
export interface DecodedIndex {
  readonly content: IndexContent
  readonly revision: number
  /** Whether the texts were analyzed by another version of the analysis. */
  readonly outdated: boolean
}

/** A part of an index file. */
export interface FileSlice {
  /** Offset in the file, in bytes. Bytes that no slice covers are 0. */
  readonly offset: number
  readonly bytes: Uint8Array
}

/**
 * Encodes an index in slices of up to 1 MB, in ascending order except for the last one, which
 * belongs at the start of the file: without it the file is invalid. Slices are views of the index's
 * own arrays. If the index changes before the last slice has been written, all slices are invalid.
 */
export function* encodeSlices(content: IndexContent, revision: number): Generator<FileSlice, void> {
  const arrays = arraysOf(content)
  const lengths = arrays.map(array => array.length)
  let checksum = 0
  let end = PROLOGUE_BYTES
  for (const array of arrays) {
    const padding = aligned(end) - end
    checksum = crc32(new Uint8Array(padding), checksum)
    end += padding
    for (let from = 0; from < array.byteLength; from += SLICE_BYTES) {
      const length = Math.min(SLICE_BYTES, array.byteLength - from)
      yield* take(new Uint8Array(array.buffer, array.byteOffset + from, length))
    }
  }
  const headerStart = end
  let text = ''
  for (const piece of jsonPieces(headerOf(content, revision, lengths))) {
    text += piece
    if (text.length < SLICE_BYTES / 16) continue
    yield* take(Buffer.from(text))
    text = ''
  }
  yield* take(Buffer.from(text))

  const prologue = new Uint8Array(PROLOGUE_BYTES)
  const words = new Uint32Array(prologue.buffer, 0, 4)
  words.set([MAGIC, FORMAT_VERSION, 0, end - headerStart])
  new Float64Array(prologue.buffer, 16, 1)[0] = end
  words[2] = crc32(prologue.subarray(COVERED_FROM), checksum)
  yield { offset: 0, bytes: prologue }

  function* take(bytes: Uint8Array): Generator<FileSlice, void> {
    checksum = crc32(bytes, checksum)
    yield { offset: end, bytes }
    end += bytes.length
  }
}

/**
 * Decodes an index file. The index keeps `given` as its memory: its arrays are views of it. Returns
 * undefined if the bytes are truncated, damaged, from another machine type, or of another format
 * version.
 */
export function decodeIndex(given: Uint8Array): DecodedIndex | undefined {
  if (given.length < PROLOGUE_BYTES) return undefined
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice()
  const [magic, version, checksum, jsonBytes] = new Uint32Array(bytes.buffer, bytes.byteOffset, 4)
  const [totalBytes] = new Float64Array(bytes.buffer, bytes.byteOffset + 16, 1)
  if (magic !== MAGIC || version !== FORMAT_VERSION || totalBytes !== bytes.length) return undefined
  const covered = crc32(bytes.subarray(COVERED_FROM, PROLOGUE_BYTES), crc32(bytes.subarray(PROLOGUE_BYTES)))
  if (covered !== checksum) return undefined

  const header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + totalBytes - jsonBytes, jsonBytes).toString()) as Header
  const take = arrayReader(bytes, PROLOGUE_BYTES, header.lengths)
  // Same order as in `arraysOf`.
  const content: IndexContent = {
    ...header.index,
    lengths: take(Uint32Array),
    ordinals: take(Uint32Array),
    successors: take(Uint32Array),
    owners: take(Uint32Array),
    added: take(Float64Array),
    vocabulary: {
      terms: header.terms,
      freeTerms: header.freeTerms,
      occurrences: take(Uint32Array),
      labelFrequencies: take(Uint32Array),
      grams: takeLists(header.grams, take),
    },
    documents: { ids: header.ids, freeIds: header.freeIds, rows: take(Uint32Array) },
    sequences: {
      addresses: take(Uint32Array),
      byteLengths: take(Uint32Array),
      segmentCounts: take(Uint16Array),
      checksums: take(Uint32Array),
      bytes: { ...header.bytes, chunks: Array.from({ length: header.bytes.chunks }, () => take(Uint8Array)) },
    },
    postings: takeLists(header.postings, take),
  }
  return { content, revision: header.revision, outdated: header.analysis !== ANALYSIS_VERSION }
}

function headerOf(content: IndexContent, revision: number, lengths: readonly number[]): Header {
  const { freePassages, slots, additions, labels, labelWords, vocabulary, documents, sequences, postings } = content
  const { chunks, ...bytes } = sequences.bytes
  return {
    revision,
    analysis: ANALYSIS_VERSION,
    index: { freePassages, slots, additions, labels, labelWords },
    terms: vocabulary.terms,
    freeTerms: vocabulary.freeTerms,
    ids: documents.ids,
    freeIds: documents.freeIds,
    postings: listsHeader(postings),
    grams: listsHeader(vocabulary.grams),
    bytes: { ...bytes, chunks: chunks.length },
    lengths,
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8
}

/**
 * All arrays in the order in which `decodeIndex` reads them. Growable arrays are cut to their used
 * length plus spare room.
 */
function arraysOf(content: IndexContent): GrowableArray[] {
  const { lengths, ordinals, successors, owners, added, slots, vocabulary, documents, sequences, postings } = content
  const byPassage = <T extends GrowableArray>(array: T) => withSlack(array, slots)
  const byTerm = <T extends GrowableArray>(array: T) => withSlack(array, vocabulary.terms.length)
  return [
    ...[lengths, ordinals, successors, owners, added].map(byPassage),
    ...[vocabulary.occurrences, vocabulary.labelFrequencies].map(byTerm),
    ...listArrays(vocabulary.grams),
    documents.rows,
    ...[sequences.addresses, sequences.byteLengths, sequences.segmentCounts, sequences.checksums].map(byPassage),
    ...sequences.bytes.chunks,
    ...listArrays(postings),
  ]
}

function withSlack<T extends GrowableArray>(array: T, used: number): T {
  return array.subarray(0, Math.ceil(used * (1 + SLACK))) as T
}

function listArrays({ lists, blocks, blocksUsed, entries: { keys, values, used, free } }: ListsContent): GrowableArray[] {
  const inUse = <T extends GrowableArray>(chunk: T, i: number) => chunk.subarray(0, used - i * CHUNK_ENTRIES)
  return [lists, withSlack(blocks, blocksUsed * BLOCK_ROW), free, ...keys.map(inUse), ...values.map(inUse)]
}

function listsHeader({ blocksUsed, freeBlock, entries }: ListsContent): ListsHeader {
  return { blocksUsed, freeBlock, entriesUsed: entries.used }
}

type TakeArray = <T extends GrowableArray>(type: new (buffer: ArrayBufferLike, offset: number, length: number) => T) => T

function arrayReader(bytes: Uint8Array, start: number, lengths: readonly number[]): TakeArray {
  let offset = start
  let i = 0
  return type => {
    const array = new type(bytes.buffer, bytes.byteOffset + offset, lengths[i++])
    offset = aligned(offset + array.byteLength)
    return array
  }
}

function takeLists({ blocksUsed, freeBlock, entriesUsed }: ListsHeader, take: TakeArray): ListsContent {
  const lists = take(Uint32Array)
  const blocks = take(Uint32Array)
  const free = take(Uint32Array)
  const chunks = Array.from({ length: Math.ceil(entriesUsed / CHUNK_ENTRIES) })
  const keys = chunks.map(() => take(Uint32Array))
  const values = chunks.map(() => take(Uint16Array))
  return { lists, blocks, blocksUsed, freeBlock, entries: { keys, values, used: entriesUsed, free } }
}
