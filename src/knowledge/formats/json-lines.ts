import { createReadStream } from 'node:fs'
import { ChatError } from '../../errors.ts'
import { type IncomingDocument, MAX_DOCUMENT_BYTES } from '../document.ts'
import { unreadable } from './limits/unreadable.ts'
import { decodeText } from './text-decoder.ts'

/** A document, or the problem with a line. */
export type JsonLine =
  | {
      readonly kind: 'document'
      readonly line: number
      readonly document: Pick<IncomingDocument, 'id' | 'title' | 'text' | 'url'>
    }
  | { readonly kind: 'broken'; readonly line: number; readonly problem: string }

/**
 * JSON escapes take more bytes than the characters: allow twice the size of the largest document.
 */
const MAX_LINE_BYTES = 2 * MAX_DOCUMENT_BYTES
/** The URL becomes a link on other pages, so schemes such as `javascript:` are rejected. */
const FOREIGN_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:/i
/** Maximum length of each field in characters, the same as over REST. */
const MAX_CHARS = { id: 512, title: 500, text: MAX_DOCUMENT_BYTES, url: 2000 }
const LINE_FEED = 10

/**
 * Reads a JSON Lines file of `{id, title?, text, url?}` with at most one line, of up to 20 MB, in
 * memory. Lines are numbered from 1. Empty lines and unknown fields are skipped. Closes the file.
 * Throws only errors of reading it.
 */
export async function* readJsonLines(descriptor: number): AsyncGenerator<JsonLine> {
  let line = 0
  for await (const bytes of readLines(descriptor)) {
    line++
    try {
      const document = bytes === 'too-long' ? fail('Line longer than 20 MB') : parseLine(decodeText(bytes))
      if (document !== undefined) yield { kind: 'document', line, document }
    } catch (error) {
      if (!(error instanceof ChatError)) throw error
      yield { kind: 'broken', line, problem: error.message }
    }
  }
}

async function* readLines(descriptor: number): AsyncGenerator<Buffer | 'too-long'> {
  let parts: Buffer[] = []
  let length = 0
  const add = (part: Buffer) => {
    length += part.length
    if (length <= MAX_LINE_BYTES) parts.push(part)
    else parts = []
  }
  const take = () => {
    const line = length > MAX_LINE_BYTES ? 'too-long' : Buffer.concat(parts)
    parts = []
    length = 0
    return line
  }
  for await (const chunk of createReadStream('', { fd: descriptor, highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end))
      yield take()
      start = end + 1
    }
    add(chunk.subarray(start))
  }
  if (length > 0) yield take()
}

function parseLine(line: string): Pick<IncomingDocument, 'id' | 'title' | 'text' | 'url'> | undefined {
  if (line.trim() === '') return undefined
  const value = parseObject(line)
  const [id, title, text, url] = [field(value, 'id'), field(value, 'title'), field(value, 'text'), field(value, 'url')]
  if (id === undefined || text === undefined) return fail(`Field \`${id === undefined ? 'id' : 'text'}\` is missing`)
  if (url !== undefined && FOREIGN_SCHEME.test(url)) return fail('Field `url` is not a web address. Use http or https.')
  return { id, text, ...(title !== undefined && { title }), ...(url !== undefined && { url }) }
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // The parser's message quotes the line, which may be private.
    return fail('Not valid JSON')
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : fail('Not a JSON object')
}

function field(value: Readonly<Record<string, unknown>>, name: keyof typeof MAX_CHARS): string | undefined {
  const text = value[name]
  if (text === undefined || text === null) return undefined
  if (typeof text !== 'string') return fail(`Field \`${name}\` is not a string`)
  if (text.length > MAX_CHARS[name]) return fail(`Field \`${name}\` is longer than ${MAX_CHARS[name]} characters`)
  // An empty title, URL or id counts as missing.
  return text === '' && name !== 'text' ? undefined : text
}

function fail(message: string): never {
  throw unreadable(message)
}
