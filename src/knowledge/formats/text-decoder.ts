import { ChatError } from '../../errors.ts'

/** Decodes UTF-8, dropping a byte order mark. @throws {ChatError} DOCUMENT_UNREADABLE where the bytes are something else. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ChatError('DOCUMENT_UNREADABLE', { message: 'It is not UTF-8 text', cause })
  }
}
