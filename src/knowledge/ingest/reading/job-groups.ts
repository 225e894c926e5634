import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Readable } from 'node:stream'
import { formatOf, isBinary } from '../../formats/source-format.ts'
import type { SourceFile } from '../source-finder.ts'

/** A file with its size; 0 if it cannot be read. */
export interface SizedFile {
  readonly source: SourceFile
  readonly bytes: number
}

/** More would wait for the thread that stores what they read. */
const MAX_THREADS = 8
/** A worker starts in the time in which about as many bytes are read. */
const BYTES_PER_THREAD = 500_000
/** Enough to make sending a group cheap, few enough to divide the work evenly. */
const GROUP_JOBS = 64
const GROUP_BYTES = 250_000

/** Returns files with their sizes. */
export function measureFiles(files: readonly SourceFile[]): readonly SizedFile[] {
  return files.map(source => ({ source, bytes: sizeOf(source.file) }))
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    // Reported when it is read.
    return 0
  }
}

/**
 * Returns how many workers read files: one for each 500 KB, one for each core at most, and none for
 * little text. Binary formats need one, because their libraries cannot be interrupted.
 */
export function planThreads(files: readonly SizedFile[], cores: number = availableParallelism()): number {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const hasBinary = files.some(({ source }) => isBinaryFile(source.file))
  return Math.max(hasBinary ? 1 : 0, Math.min(Math.floor(bytes / BYTES_PER_THREAD), cores, MAX_THREADS))
}

function isBinaryFile(file: string): boolean {
  const format = formatOf(file)
  return format !== undefined && format !== 'json-lines' && isBinary(format)
}

/** Divides jobs into groups of at most 64, which end when they have 250 KB. */
export async function* groupJobs<Job extends { readonly bytes: number }>(
  jobs: Iterable<Job> | AsyncIterable<Job>,
): AsyncGenerator<readonly Job[]> {
  let group: Job[] = []
  let bytes = 0
  for await (const job of jobs) {
    group.push(job)
    bytes += job.bytes
    if (group.length < GROUP_JOBS && bytes < GROUP_BYTES) continue
    yield group
    group = []
    bytes = 0
  }
  if (group.length > 0) yield group
}

/**
 * Maps several values at a time, with the results in order. Up to three times as many are in
 * memory.
 */
export function mapInOrder<From, To>(
  values: AsyncIterable<From>,
  concurrency: number,
  map: (value: From) => Promise<To>,
): AsyncIterable<To> {
  return Readable.from(values).map(map, { concurrency })
}
