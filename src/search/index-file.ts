import { crc32 } from 'node:zlib'
import { BLOCK_ROW, type ListsContent } from './block-lists.ts'
import type { PooledBytes } from './byte-pool.ts'
import { CHUNK_ENTRIES } from './entry-pool.ts'
import type { IndexContent } from './passage-index.ts'
import type { GrowableArray } from './typed-arrays.ts'

/** Read as the machine's own number, so that a machine of the other byte order does not know it. */
const MAGIC = 0x504c_4944
/** To be raised with every change of this format. */
const FORMAT_VERSION = 2
/** To be raised with every change of what is indexed of a text: the analysis, the fields' weights, the units. */
const ANALYSIS_VERSION = 2
/** Magic, version, checksum, bytes of the header (32 bits each), bytes in all (a double). */
const PROLOGUE_BYTES = 24
/** What precedes it, the checksum included, is not covered by the checksum: a change there is seen by itself. */
const COVERED_FROM = 12

/** What the JSON header holds: all but the arrays, which follow it, each beginning at a multiple of eight bytes. */
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
  /** Elements of each array. */
  readonly lengths: readonly number[]
}

interface ListsHeader {
  readonly blocksUsed: number
  readonly freeBlock: number
  readonly entriesUsed: number
}

/** What was read from a file. */
export interface DecodedIndex {
  readonly content: IndexContent
  readonly revision: number
  /** Whether the texts were analysed in another way than now. */
  readonly outdated: boolean
}

/** An index as bytes. Costs time and memory with its size: about as long as copying it and computing a CRC-32. */
export function encodeIndex(content: IndexContent, revision: number): Uint8Array {
  const { freePassages, slots, additions, labels, labelWords, vocabulary, documents, sequences, postings } = content
  const { chunks, ...bytesHeader } = sequences.bytes
  const arrays = arraysOf(content)
  const json = Buffer.from(
    JSON.stringify({
      revision,
      analysis: ANALYSIS_VERSION,
      index: { freePassages, slots, additions, labels, labelWords },
      terms: vocabulary.terms,
      freeTerms: vocabulary.freeTerms,
      ids: documents.ids,
      freeIds: documents.freeIds,
      postings: listsHeader(postings),
      grams: listsHeader(vocabulary.grams),
      bytes: { ...bytesHeader, chunks: chunks.length },
      lengths: arrays.map(array => array.length),
    } satisfies Header),
  )
  const start = aligned(PROLOGUE_BYTES + json.length)
  const bytes = new Uint8Array(arrays.reduce((offset, array) => aligned(offset + array.byteLength), start))
  bytes.set(json, PROLOGUE_BYTES)
  let offset = start
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset)
    offset = aligned(offset + array.byteLength)
  }
  const words = new Uint32Array(bytes.buffer, 0, 4)
  new Float64Array(bytes.buffer, 16, 1)[0] = bytes.length
  words.set([MAGIC, FORMAT_VERSION, 0, json.length])
  words[2] = crc32(bytes.subarray(COVERED_FROM))
  return bytes
}

/**
 * Reads an index from bytes, which it takes over: the index's arrays are views of them. Undefined where they are not what `encodeIndex` of this format gave:
 * torn, changed, foreign, or of another version.
 */
export function decodeIndex(given: Uint8Array): DecodedIndex | undefined {
  if (given.length < PROLOGUE_BYTES) return undefined
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice()
  const [magic, version, checksum, jsonBytes] = new Uint32Array(bytes.buffer, bytes.byteOffset, 4)
  const [totalBytes] = new Float64Array(bytes.buffer, bytes.byteOffset + 16, 1)
  if (magic !== MAGIC || version !== FORMAT_VERSION || totalBytes !== bytes.length) return undefined
  if (crc32(bytes.subarray(COVERED_FROM)) !== checksum) return undefined

  const end = PROLOGUE_BYTES + jsonBytes
  const header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + PROLOGUE_BYTES, jsonBytes).toString()) as Header
  const take = arrayReader(bytes, aligned(end), header.lengths)
  // In the order of `arraysOf`.
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
      bytes: { ...header.bytes, chunks: Array.from({ length: header.bytes.chunks }, () => take(Uint8Array)) },
    },
    postings: takeLists(header.postings, take),
  }
  return { content, revision: header.revision, outdated: header.analysis !== ANALYSIS_VERSION }
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8
}

/** Every array in the order in which `decodeIndex` takes them, those of passages and terms cut to what is in use. */
function arraysOf(content: IndexContent): GrowableArray[] {
  const { lengths, ordinals, successors, owners, added, slots, vocabulary, documents, sequences, postings } = content
  const byPassage = <T extends GrowableArray>(array: T) => array.subarray(0, slots)
  const byTerm = <T extends GrowableArray>(array: T) => array.subarray(0, vocabulary.terms.length)
  return [
    ...[lengths, ordinals, successors, owners, added].map(byPassage),
    ...[vocabulary.occurrences, vocabulary.labelFrequencies].map(byTerm),
    ...listArrays(vocabulary.grams),
    documents.rows,
    ...[sequences.addresses, sequences.byteLengths].map(byPassage),
    ...sequences.bytes.chunks,
    ...listArrays(postings),
  ]
}

function listArrays({ lists, blocks, blocksUsed, entries: { keys, values, used, free } }: ListsContent): GrowableArray[] {
  const inUse = <T extends GrowableArray>(chunk: T, i: number) => chunk.subarray(0, used - i * CHUNK_ENTRIES)
  return [lists, blocks.subarray(0, blocksUsed * BLOCK_ROW), free, ...keys.map(inUse), ...values.map(inUse)]
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
