import { createHash } from 'node:crypto'
import { textOf } from '../record.ts'

/** What distinguishes a kind of error. */
export interface Fingerprint {
  /** 12 hexadecimal digits; the same in every process and version with the same parts. */
  readonly id: string
  /** The error code of the catalogue; otherwise the code of the system, such as `ENOSPC`. */
  readonly code: string | undefined
  readonly module: string
  readonly message: string
  /** Such as `TypeError` or `SqliteError ERR_SQLITE_ERROR`. */
  readonly errorType: string | undefined
  /** The text of the error; what varies is `<*>`. */
  readonly template: string
  /** Function and file of the first frame in the server's own code, without line number. */
  readonly frame: string | undefined
}

/** Characters of an error's text that are compared. */
const MAX_TEXT = 1000
const MAX_CAUSES = 5

/** What varies between two errors of a kind. The order matters: a longer form comes first. */
const VARIABLE: readonly RegExp[] = [
  /\b[a-z][a-z\d+.-]{1,15}:\/\/[^\s"'<>)]+/gi,
  /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi,
  /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?Z?)?/g,
  /(["'`])(?:(?!\1).){1,200}\1/g,
  /(?<![\w<])(?:[A-Za-z]:)?(?:[/\\][\w.@+~<>*-]+){2,}[/\\]?/g,
  /\[[\w: -]{1,30}\]/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g,
  /\b(?:[us]_)?(?=[\w-]*\d)[\w-]{12,}\b/g,
  /\b0x[\da-f]+\b/gi,
  /(?<![A-Za-z_])[-+]?\d+(?:[.,]\d+)*(?:[a-z%]{1,3}\b)?/gi,
]
const WILDCARD = '<*>'

/** The fingerprint of a record at ERROR or CRITICAL, without knowledge of others. Linear cost. */
export function fingerprintOf(record: Readonly<Record<string, unknown>>): Fingerprint {
  const errors = causesOf(record.err)
  const code = textOf(record, 'code') ?? errors.map(error => textOf(error, 'code')).find(text => text !== undefined)
  const types = errors.map(error => [textOf(error, 'type'), textOf(error, 'code')].filter(Boolean).join(' ')).filter(Boolean)
  const facts = {
    code,
    module: textOf(record, 'module') ?? '',
    message: templateOf(textOf(record, 'msg') ?? ''),
    errorType: types.length === 0 ? undefined : types.join(' < '),
    template: errors.map(error => templateOf(textOf(error, 'message') ?? '')).join(' < '),
    frame: errors.map(error => frameOf(textOf(error, 'stack') ?? '')).find(frame => frame !== undefined),
  }
  return { id: idOf(facts), ...facts }
}

/** A text with everything that varies replaced by `<*>`. */
export function templateOf(text: string): string {
  return VARIABLE.reduce((masked, pattern) => masked.replace(pattern, WILDCARD), text.slice(0, MAX_TEXT))
    .replace(/\s+/g, ' ')
    .trim()
}

/** Hashes what distinguishes a kind. */
export function idOf(facts: Omit<Fingerprint, 'id'>): string {
  const { code, module, message, errorType, template, frame } = facts
  const text = JSON.stringify([code, module, message, errorType, template, frame])
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** An error and its causes, outermost first. */
function causesOf(error: unknown): readonly Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = []
  for (let next = error; typeof next === 'object' && next !== null && found.length < MAX_CAUSES; ) {
    const object = next as Readonly<Record<string, unknown>>
    found.push(object)
    next = object.cause
  }
  return found
}

/** The folder of this package, where it is installed as a dependency. */
const INSTALLED = /^.*\/node_modules\/pellucid\/(?:dist\/)?/

/** The first frame in the server's code; if there is none, the first that is not Node's own. */
function frameOf(stack: string): string | undefined {
  const frames = stack.split('\n').flatMap(line => {
    const [, name = '', place = ''] = /^\s+at (?:async )?(?:(.+?) \()?(.+?)(?::\d+){1,2}\)?$/.exec(line) ?? []
    return place === '' || place.startsWith('node:') ? [] : [{ name, place: place.replace(INSTALLED, '') }]
  })
  const own = frames.find(({ place }) => !place.includes('node_modules')) ?? frames[0]
  if (own === undefined) return undefined
  const file = /(?:(?:src|plugins|otel|node_modules)\/.*|[^/\\]+)$/.exec(own.place)?.[0] ?? own.place
  return own.name === '' || own.name.includes('<anonymous>') ? file : `${own.name} (${file})`
}
