import type { SQLOutputValue } from 'node:sqlite'

/** Values as a blob: 64-bit floats in the byte order of the machine. */
export function toBlob(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer)
}

/** The values of a blob. */
export function readBlob(blob: SQLOutputValue | undefined): Float64Array {
  if (!(blob instanceof Uint8Array)) return new Float64Array()
  // Copied: the bytes of a blob may begin at any address.
  return new Float64Array(blob.slice().buffer)
}
