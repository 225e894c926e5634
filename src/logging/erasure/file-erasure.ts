import { open, rename, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { ErasedBlock } from './text-eraser.ts'

type Eraser = (block: Buffer) => ErasedBlock

const BLOCK_BYTES = 1024 * 1024
const NEWLINE = 10

/**
 * Erases in a plain file, in place: its bytes outside of the erased texts and its length stay the
 * same, so a process that appends lines is not disturbed. Resolves to the number of lines, when
 * they are on disk.
 */
export async function eraseInPlain(path: string, erase: Eraser): Promise<number> {
  await using file = await open(path, 'r+')
  let erased = 0
  let position = 0
  let buffer = Buffer.allocUnsafe(BLOCK_BYTES)
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) break
    const length = buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1
    const isLast = bytesRead < buffer.length
    // A line that is longer than the buffer is read again into one of twice the size. The last one
    // may lack its line break.
    if (length === 0 && !isLast) {
      buffer = Buffer.allocUnsafe(2 * buffer.length)
      continue
    }
    const block = buffer.subarray(0, length === 0 ? bytesRead : length)
    const { lines, parts } = erase(block)
    for (const { start, end } of parts) await file.write(block, start, end - start, position + start)
    erased += lines
    position += block.length
  }
  if (erased > 0) await file.datasync()
  return erased
}

/**
 * Erases in a compressed file, by replacing it. It is read twice if there is something to erase,
 * because compressing costs ten times as much as reading. The new file has the same owner, mode and
 * times. Resolves to the number of lines, when they are on disk.
 * @param unfinished Path of the new file until it is complete.
 */
export async function eraseInCompressed(path: string, unfinished: string, erase: Eraser): Promise<number> {
  if (!(await hasTexts(path, erase))) return 0
  let erased = 0
  await using source = await open(path, 'r')
  await using target = await open(unfinished, 'w', 0o600)
  const { atime, mtime, mode, uid, gid } = await source.stat()
  // A command of another user must not take the file from the server.
  const made = await target.stat()
  if (made.uid !== uid || made.gid !== gid) await target.chown(uid, gid)
  await target.chmod(mode & 0o777)
  await pipeline(
    source.createReadStream({ autoClose: false }),
    createGunzip({ chunkSize: BLOCK_BYTES }),
    async function* eraseLines(chunks: AsyncIterable<Buffer>) {
      for await (const block of wholeLines(chunks)) {
        erased += erase(block).lines
        yield block
      }
    },
    createGzip(),
    async chunks => {
      for await (const chunk of chunks) await target.writeFile(chunk)
    },
  )
  await target.sync()
  await utimes(unfinished, atime, mtime)
  await rename(unfinished, path)
  await using directory = await open(dirname(path), 'r')
  await directory.sync()
  return erased
}

async function hasTexts(path: string, erase: Eraser): Promise<boolean> {
  await using source = await open(path, 'r')
  let lines = 0
  await pipeline(source.createReadStream({ autoClose: false }), createGunzip({ chunkSize: BLOCK_BYTES }), async chunks => {
    for await (const block of wholeLines(chunks)) lines += erase(block).lines
  })
  return lines > 0
}

/** Only the last block may lack its line break. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: readonly Buffer[] = []
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end > 0) yield Buffer.concat([...held, chunk.subarray(0, end)])
    held = end > 0 ? [chunk.subarray(end)] : [...held, chunk]
  }
  const rest = Buffer.concat(held)
  if (rest.length > 0) yield rest
}
