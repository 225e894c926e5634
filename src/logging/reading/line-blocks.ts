import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import type { LogFile } from './file-list.ts'

/** Reads into the start of a buffer. Resolves to the number of bytes read, 0 at the end. */
type Pull = (into: Buffer) => Promise<number>

/**
 * Memory per open file, and the longest line that is read as a whole: eight times the logger's
 * limit.
 */
const BLOCK_BYTES = 512 * 1024

const NEWLINE = 10

/**
 * Reads a file in blocks of whole lines; only the last line may lack its line break. A block is
 * valid until the next one is requested. A line longer than `BLOCK_BYTES` is cut there and yields
 * its own block. Uses 512 KiB of memory.
 *
 * @param limit Bytes to read; the whole file by default.
 * @throws Errors of opening, reading and decompressing, after the lines before a damaged part.
 */
export async function* readLineBlocks(file: LogFile, limit = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer, void, undefined> {
  const source = file.compressed ? openCompressed(file.path) : await openPlain(file.path, limit)
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES)
  /** Bytes of an incomplete line at the start of the buffer. */
  let held = 0
  let isInLongLine = false
  try {
    for (;;) {
      const filled = held + (await source.pull(buffer.subarray(held)))
      if (filled === held) break
      const whole = held + buffer.subarray(held, filled).lastIndexOf(NEWLINE) + 1
      const start = isInLongLine ? buffer.subarray(0, filled).indexOf(NEWLINE) + 1 : 0
      if (whole === held) {
        held = filled
        if (filled < buffer.length) continue
        if (!isInLongLine) yield buffer
        isInLongLine = true
        held = 0
        continue
      }
      if (whole > start) yield buffer.subarray(start, whole)
      isInLongLine = false
      buffer.copyWithin(0, whole, filled)
      held = filled - whole
    }
    if (held > 0 && !isInLongLine) yield buffer.subarray(0, held)
  } finally {
    await source.close()
  }
}

async function openPlain(path: string, limit: number): Promise<{ readonly pull: Pull; close(): Promise<void> }> {
  const handle: FileHandle = await open(path)
  let position = 0
  return {
    async pull(into) {
      const { bytesRead } = await handle.read(into, 0, Math.min(into.length, limit - position), position)
      position += bytesRead
      return bytesRead
    },
    close: () => handle.close(),
  }
}

function openCompressed(path: string): { readonly pull: Pull; close(): Promise<void> } {
  const file = createReadStream(path)
  const unzipped = createGunzip({ chunkSize: BLOCK_BYTES / 2 })
  file.on('error', error => unzipped.destroy(error)).pipe(unzipped)
  const chunks: AsyncIterator<Buffer> = unzipped[Symbol.asyncIterator]()
  let chunk: Buffer = Buffer.alloc(0)
  return {
    async pull(into) {
      while (chunk.length === 0) {
        const { done, value } = await chunks.next()
        if (done) return 0
        chunk = value
      }
      const taken = chunk.copy(into)
      chunk = chunk.subarray(taken)
      return taken
    },
    async close() {
      file.destroy()
      unzipped.destroy()
    },
  }
}
