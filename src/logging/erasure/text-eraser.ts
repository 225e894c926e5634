import { TEXT_FIELDS } from '../record/message-content.ts'

/** A part of a block that was overwritten: `end` is exclusive. */
export interface ErasedPart {
  readonly start: number
  readonly end: number
}

/** The lines of a block whose text was erased, and the parts of it that changed. */
export interface ErasedBlock {
  readonly lines: number
  readonly parts: readonly ErasedPart[]
}

/** What takes the place of a text, if the text is as long. A shorter text leaves an empty one. */
const ERASED = '[erased]'
const KEYS = TEXT_FIELDS.map(name => Buffer.from(`"${name}":"`))
/** With more names, finding every line with a text is cheaper than finding every name. */
const MAX_SEARCHED_NAMES = 8
const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const BACKSLASH = 92

/**
 * Creates a function that erases, in a block of whole log lines, the messages and replies in the
 * lines of these sessions and users. A text is overwritten by as many bytes, so every other byte
 * keeps its place and its value. Cost: a search of the block for each name, and parsing the lines
 * found.
 * @param names Sessions and users as they are in `session_id` and `user_id`.
 */
export function createTextEraser(names: ReadonlySet<string>): (block: Buffer) => ErasedBlock {
  const marks = names.size > MAX_SEARCHED_NAMES ? KEYS : [...names].map(name => Buffer.from(`"${name}"`))

  return block => {
    const parts: ErasedPart[] = []
    let lines = 0
    for (const [start, end] of findLines(block, marks)) {
      if (!isAbout(block.toString('utf8', start, end), names)) continue
      const erased = KEYS.flatMap(key => eraseText(block, key, start, end) ?? [])
      if (erased.length > 0) lines++
      parts.push(...erased)
    }
    return { lines, parts }
  }
}

/** Yields where the lines with one of the marks begin and end, in order. */
function* findLines(block: Buffer, marks: readonly Buffer[]): Generator<readonly [start: number, end: number]> {
  const places = marks.map(() => -1)
  for (let from = 0; from < block.length; ) {
    let nearest = block.length
    for (const [i, mark] of marks.entries()) {
      if ((places[i] ?? 0) < from) {
        const found = block.indexOf(mark, from)
        places[i] = found < 0 ? block.length : found
      }
      nearest = Math.min(nearest, places[i] ?? block.length)
    }
    if (nearest === block.length) return
    const start = nearest === 0 ? 0 : block.lastIndexOf(NEWLINE, nearest - 1) + 1
    const newline = block.indexOf(NEWLINE, nearest)
    const end = newline < 0 ? block.length : newline
    yield [start, end]
    from = end + 1
  }
}

function isAbout(line: string, names: ReadonlySet<string>): boolean {
  try {
    const { session_id, user_id } = JSON.parse(line)
    return names.has(session_id) || names.has(user_id)
  } catch {
    // Not a record, so not a line of the logger.
    return false
  }
}

/** In JSON, a key with these quotation marks cannot be part of a text, where they are escaped. */
function eraseText(block: Buffer, key: Buffer, lineStart: number, lineEnd: number): ErasedPart | undefined {
  const found = block.subarray(lineStart, lineEnd).indexOf(key)
  if (found < 0) return undefined
  const start = lineStart + found + key.length
  let quote = start
  while (quote < lineEnd && block[quote] !== QUOTE) quote += block[quote] === BACKSLASH ? 2 : 1
  const end = quote + 1
  const kept = quote - start >= ERASED.length ? ERASED : ''
  if (quote >= lineEnd || block.toString('latin1', start, quote) === kept) return undefined
  // JSON allows spaces after the text.
  block.fill(SPACE, start, end)
  block.write(`${kept}"`, start, 'latin1')
  return { start, end }
}
