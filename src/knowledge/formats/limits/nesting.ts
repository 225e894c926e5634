import { unreadable } from './unreadable.ts'

/** Browsers limit nesting to 512 levels; real documents stay below 50. */
const MAX_NESTING = 512

/**
 * Limits recursion. @throws {ChatError} DOCUMENT_UNREADABLE if a document is nested deeper than 512
 * levels.
 */
export function checkNesting(depth: number): void {
  if (depth > MAX_NESTING) throw unreadable(`The document is nested deeper than ${MAX_NESTING} levels`)
}
