import { crc32 } from 'node:zlib'

/** The checksum of a text, 32 bits: enough to notice that it has changed. */
export function checksumOf(text: string): number {
  return crc32(text)
}
