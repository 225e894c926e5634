import { ChatError } from '../../errors.ts'

/**
 * Decodes UTF-8 and removes a byte order mark. @throws {ChatError} DOCUMENT_UNREADABLE for other
 * bytes.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ChatError('DOCUMENT_UNREADABLE', { message: 'Not UTF-8 text', cause })
  }
}
