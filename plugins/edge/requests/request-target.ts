import type { Redactor } from '../../../src/logging/redaction/redactor.ts'

/** Longest path, and longest query, in a log line. */
const MAX_CHARS = 200
const HIDDEN = '[redacted]'

/** The path and query of a request in a log line. */
export interface RequestTarget {
  readonly path: string
  readonly query?: string
}

/**
 * The target of a request that matched no route, without secrets: at most 200 characters each of
 * path and query. Both are checked whole before they are cut, as received and percent-decoded. A
 * segment or parameter with a secret in any of these forms is replaced by `[redacted]`; where a
 * secret spans several of them, the whole path or query is.
 */
export function describeTarget(url: string, redactor: Redactor): RequestTarget {
  const start = url.indexOf('?')
  const path = hideSecrets(start < 0 ? url : url.slice(0, start), '/', redactor)
  return start < 0 || start === url.length - 1 ? { path } : { path, query: hideSecrets(url.slice(start + 1), '&', redactor) }
}

function hideSecrets(text: string, separator: '/' | '&', { text: redact, record, formsOf }: Redactor): string {
  const isClean = (part: string) => formsOf(part).every(form => redact(form) === form && !isSecretParameter(form, record))
  const isCleanWhole = formsOf(text).every(form => redact(form) === form)
  const parts = text.split(separator)
  const shown: string[] = []
  let length = 0
  while (shown.length < parts.length && length <= MAX_CHARS) {
    const part = parts[shown.length] ?? ''
    length += 1 + shown[shown.push(isClean(part) ? part : HIDDEN) - 1]!.length
  }
  if (isCleanWhole) return cut(shown.join(separator))
  // A secret that spans several parts shows in none of them, and one at the cut shows in part.
  const rest = [...shown.filter(part => part !== HIDDEN), ...parts.slice(shown.length)].join(separator)
  return formsOf(rest).every(form => redact(form) === form) ? cut(shown.join(separator)) : HIDDEN
}

/** Whether a `name=value` has a name that only secrets have, such as `user[password]`. */
function isSecretParameter(parameter: string, redactRecord: Redactor['record']): boolean {
  const [name = '', ...value] = parameter.split('=')
  const record = { [name]: value.join('=') }
  return redactRecord(record) !== record
}

function cut(text: string): string {
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS - 1)}…`
}
