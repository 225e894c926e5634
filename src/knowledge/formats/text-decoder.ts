import { unreadable } from './limits/unreadable.ts'

/** Characters that do not occur in text. */
const BINARY = /(?![\t\n\f\r])\p{Cc}/u
const MIN_UTF16_BYTES = 16
const SAMPLE_BYTES = 2000

/**
 * Decodes UTF-8, UTF-16 or Latin-1 (Windows-1252), which are recognized by the byte order mark, by
 * zero bytes, and by not being UTF-8. Removes a byte order mark.
 * @throws {ChatError} DOCUMENT_UNREADABLE for bytes that are not text.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder(utf16In(bytes) ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const text = new TextDecoder('windows-1252').decode(bytes)
    if (!BINARY.test(text)) return text
    throw unreadable('Not text in UTF-8, UTF-16 or Latin-1', cause)
  }
}

/** Most characters of UTF-16 without a byte order mark have one zero byte. */
function utf16In(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes.length < MIN_UTF16_BYTES) return undefined
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  if (!sample.includes(0)) return undefined
  const zeros = [0, 0]
  for (const [i, byte] of sample.entries()) if (byte === 0) zeros[i % 2]! += 1
  const [even = 0, odd = 0] = zeros.map(count => (2 * count) / sample.length)
  if (odd > 0.5 && even < 0.1) return 'utf-16le'
  return even > 0.5 && odd < 0.1 ? 'utf-16be' : undefined
}
