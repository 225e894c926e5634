import { randomUUID } from 'node:crypto'
import { createRedactor } from './redactor.ts'

/** A well-formed `x-request-id`. */
const REQUEST_ID = /^[\w.:-]{1,128}$/
/**
 * Forms of most ids: a UUID, or hexadecimal digits with letters among them, unless they begin like
 * an IBAN.
 */
const USUAL =
  /^(?:[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[\da-f]{4}-[\da-f]{12}|(?![a-f]{2}\d\d)(?=[\da-f]*[a-f]\d*[a-f])[\da-f]{16,32})$/i

const redact = createRedactor().text

/**
 * Returns the caller's `x-request-id`, or a new id if it is malformed or redaction changes it: the
 * id is in logs, replies and the database.
 */
export function readRequestId(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) && isHarmless(given) ? given : randomUUID()
}

function isHarmless(id: string): boolean {
  if (USUAL.test(id)) return true
  // A value may be hidden between underscores and words.
  return [id, id.replaceAll('_', ' '), id.replace(/[_:.-]/g, ' ')].every(form => redact(form) === form)
}
