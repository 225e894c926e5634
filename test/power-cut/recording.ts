import { readFileSync } from 'node:fs'

/** As `struct record` in recorder.c. */
const OPERATIONS = ['create', 'write', 'truncate', 'sync', 'rename', 'link', 'remove', 'make-folder'] as const
const HEADER_BYTES = 24

/** A call that a process made, in the order of all calls. */
export type Call =
  | { readonly kind: 'create'; readonly file: number; readonly path: string }
  | { readonly kind: 'write'; readonly file: number; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  | { readonly kind: 'sync'; readonly file: number }
  | { readonly kind: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove' | 'make-folder'; readonly path: string }

/** A call with its place in the journal, in bytes. */
export type RecordedCall = Call & { readonly end: number }

/**
 * Reads a journal of recorder.c. Inodes are used again, so each file created gets a number of its
 * own.
 */
export function readRecording(journal: string): readonly RecordedCall[] {
  const bytes = readFileSync(journal)
  const files = new Map<bigint, number>()
  let created = 0
  const calls: RecordedCall[] = []
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const kind = OPERATIONS[bytes.readUInt32LE(at) - 1]
    const length = bytes.readUInt32LE(at + 4)
    const inode = bytes.readBigUInt64LE(at + 8)
    const offset = Number(bytes.readBigUInt64LE(at + 16))
    const body = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    at += HEADER_BYTES + length
    if (kind === 'create') files.set(inode, ++created)
    // Folders are not created by an `open`: syncing one has no file.
    const file = files.get(inode) ?? 0
    calls.push({ ...toCall(kind, file, offset, body), end: at })
  }
  return calls
}

function toCall(kind: (typeof OPERATIONS)[number] | undefined, file: number, offset: number, body: Buffer): Call {
  switch (kind) {
    case 'create':
      return { kind, file, path: body.toString() }
    case 'write':
      return { kind, file, offset, bytes: body }
    case 'truncate':
      return { kind, file, size: offset }
    case 'sync':
      return { kind, file }
    case 'rename':
    case 'link': {
      const [path = '', to = ''] = body.toString().split('\0')
      return { kind, path, to }
    }
    case 'remove':
    case 'make-folder':
      return { kind, path: body.toString() }
    default:
      throw new Error('the journal is damaged')
  }
}
