import { freeMemory } from '../base/free-memory.ts'
import { ChatError } from '../errors.ts'
import { parseJsonBody } from './json-body.ts'

/** The thread's reply: errors lose their class between threads. */
export type ParsedBody =
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly message: string }

/** Entry point of the thread that parses large bodies. */
export function parse(bytes: Uint8Array): ParsedBody {
  try {
    return { kind: 'parsed', value: parseJsonBody(bytes) }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    return { kind: 'refused', message: error.message }
  } finally {
    freeMemory(bytes)
  }
}
