import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RecordedCall } from './recording.ts'

const SECTOR_BYTES = 512

interface File {
  content: Buffer
  /** Writes and truncations since the last sync. */
  pending: RecordedCall[]
}

/**
 * Writes a state in which a power cut after these calls may leave the disk:
 * - Of the writes to a file since its last sync, each is there, or missing, or torn at a sector.
 * - Names are changed in order. Those before the last sync of a folder or of a new file are there,
 *   of the others a random number.
 * @param random at least 0 and below 1.
 * @param place the path to write, for a recorded path.
 */
export function writeDiskState(calls: readonly RecordedCall[], random: () => number, place: (path: string) => string): void {
  const files = new Map<number, File>()
  const names: RecordedCall[] = []
  let safeNames = 0
  for (const call of calls) {
    switch (call.kind) {
      case 'create':
        files.set(call.file, { content: Buffer.alloc(0), pending: [] })
        names.push(call)
        break
      case 'write':
      case 'truncate':
        files.get(call.file)?.pending.push(call)
        break
      case 'sync': {
        const file = files.get(call.file)
        if (file !== undefined) persist(file, file.pending.splice(0))
        const isNew = names.slice(safeNames).some(name => name.kind === 'create' && name.file === call.file)
        if (file === undefined || isNew) safeNames = names.length
        break
      }
      default:
        names.push(call)
    }
  }
  const kept = safeNames + Math.floor(random() * (names.length - safeNames + 1))
  for (const [path, number] of nameFiles(names.slice(0, kept), place)) {
    const file = files.get(number)
    if (file === undefined) continue
    persist(
      file,
      file.pending.flatMap(call => cut(call, random)),
    )
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file.content, { mode: 0o600 })
  }
}

function persist(file: File, calls: readonly RecordedCall[]): void {
  // Grown once: most calls append.
  const size = Math.max(file.content.length, ...calls.map(call => (call.kind === 'write' ? call.offset + call.bytes.length : 0)))
  const content = Buffer.alloc(size)
  file.content.copy(content)
  let length = file.content.length
  for (const call of calls) {
    if (call.kind === 'write') {
      call.bytes.copy(content, call.offset)
      length = Math.max(length, call.offset + call.bytes.length)
    } else if (call.kind === 'truncate') {
      content.fill(0, call.size)
      length = call.size
    }
  }
  file.content =
    content.length >= length ? content.subarray(0, length) : Buffer.concat([content, Buffer.alloc(length - content.length)])
}

/** Keeps a call, drops it, or keeps some of its sectors. */
function cut(call: RecordedCall, random: () => number): RecordedCall[] {
  const fate = random()
  if (fate < 0.4) return [call]
  if (fate < 0.8 || call.kind !== 'write') return []
  const sectors = Math.floor((random() * call.bytes.length) / SECTOR_BYTES)
  return sectors === 0 ? [] : [{ ...call, bytes: call.bytes.subarray(0, sectors * SECTOR_BYTES) }]
}

/** Returns the number of the file at each path. */
function nameFiles(calls: readonly RecordedCall[], place: (path: string) => string): Map<string, number> {
  const names = new Map<string, number>()
  for (const call of calls) {
    if (call.kind === 'make-folder') mkdirSync(place(call.path), { recursive: true })
    if (call.kind === 'create') names.set(place(call.path), call.file)
    if (call.kind === 'remove') names.delete(place(call.path))
    if (call.kind !== 'rename' && call.kind !== 'link') continue
    const file = names.get(place(call.path))
    if (call.kind === 'rename') names.delete(place(call.path))
    if (file !== undefined) names.set(place(call.to), file)
  }
  return names
}
