import { ChatError } from '../errors.ts'

/** Levels of arrays and objects in a body. Bodies of this API have one. */
const MAX_DEPTH = 32
/** Arrays, objects and their elements in a body. Bodies of this API have at most six. */
const MAX_VALUES = 1000

/**
 * Limits the structure of JSON before it is parsed: 8 MB of empty arrays would take 1.1 s to parse.
 * The cost of a text is its length, 1 ms per MB. Invalid JSON passes, and is left to the parser.
 * @throws {ChatError} VALIDATION_ERROR for more than 32 levels or 1,000 values.
 */
export function checkJsonBounds(text: string): void {
  let depth = 0
  let values = 1
  let isInString = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === QUOTE) isInString = !isInString
    else if (isInString) i += char === BACKSLASH ? 1 : 0
    else if (char === COMMA) values++
    else if (char === OPEN_ARRAY || char === OPEN_OBJECT) {
      depth++
      values++
    } else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) depth--
    if (depth > MAX_DEPTH) throw invalid(`The body is nested deeper than ${MAX_DEPTH} levels`)
    if (values > MAX_VALUES) throw invalid(`The body has more than ${MAX_VALUES} values`)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

function invalid(message: string): ChatError {
  return new ChatError('VALIDATION_ERROR', { message })
}
