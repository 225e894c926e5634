import parseSecurely from 'secure-json-parse'
import { ChatError } from '../errors.ts'
import { checkJsonBounds } from './json-bounds.ts'

/**
 * Throws on invalid bytes. Replacing them by U+FFFD would store another text than the client sent.
 */
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

/** What the parser says of `__proto__`, and of a `constructor` with a `prototype`. */
const FORBIDDEN = /forbidden prototype/

/**
 * Parses a body with the checks of Fastify's own parser: `__proto__`, and a `constructor` with a
 * `prototype`, are refused.
 * @throws {ChatError} VALIDATION_ERROR for what is not JSON in UTF-8, and as `checkJsonBounds`.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw invalid('The body is empty, but its content type is application/json')
  const text = decode(bytes)
  checkJsonBounds(text)
  try {
    return parseSecurely(text, { protoAction: 'error', constructorAction: 'error' })
  } catch (cause) {
    const isForbidden = cause instanceof Error && FORBIDDEN.test(cause.message)
    throw invalid(
      isForbidden ? 'The body has a key that is not allowed: __proto__ or constructor' : 'The body is not valid JSON',
      cause,
    )
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes)
  } catch (cause) {
    throw invalid('The body is not valid UTF-8', cause)
  }
}

function invalid(message: string, cause?: unknown): ChatError {
  return new ChatError('VALIDATION_ERROR', { message, cause })
}
