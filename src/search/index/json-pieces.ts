/** Strings or numbers of the header that are serialized at once. */
const SLICE_ELEMENTS = 4096

/**
 * Serializes plain data to JSON, like `JSON.stringify`, but in pieces that each take little time.
 */
export function* jsonPieces(value: unknown): Generator<string, void> {
  if (Array.isArray(value) && typeof value.at(-1) !== 'object') {
    yield '['
    for (let from = 0; from < value.length; from += SLICE_ELEMENTS) {
      const piece = JSON.stringify(value.slice(from, from + SLICE_ELEMENTS)).slice(1, -1)
      yield from === 0 ? piece : `,${piece}`
    }
    yield ']'
  } else if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value)
    let separator = isList ? '[' : '{'
    for (const [key, part] of Object.entries(value)) {
      yield isList ? separator : `${separator}${JSON.stringify(key)}:`
      yield* jsonPieces(part)
      separator = ','
    }
    yield isList ? ']' : '}'
  } else yield JSON.stringify(value)
}
