import { ChatError } from '../../errors.ts'

/** Browsers stop nesting elements at 512 levels; what people write stays below 50. */
const MAX_NESTING = 512

/** @throws {ChatError} DOCUMENT_UNREADABLE where a document's parts are nested deeper than 512 levels: recursion must not exhaust the stack. */
export function checkNesting(depth: number): void {
  if (depth > MAX_NESTING) {
    throw new ChatError('DOCUMENT_UNREADABLE', { message: `The document is nested deeper than ${MAX_NESTING} levels` })
  }
}
