import { ChatError } from '../../../errors.ts'

/** Creates the error of a document that cannot be read. Default message: that of the code. */
export function unreadable(message?: string, cause?: unknown): ChatError {
  return new ChatError('DOCUMENT_UNREADABLE', { cause, ...(message !== undefined && { message }) })
}
