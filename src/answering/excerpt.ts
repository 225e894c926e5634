/** A part of a text, as it can be shown. */
export interface Excerpt {
  /** With dots where something was cut off. */
  readonly text: string
  /** What has to be added to an offset in the excerpt's source to get the offset in `text`; usually negative. */
  readonly shift: number
}

/**
 * The part of a text around `start`–`end`, trimmed, of at most `maxLength` UTF-16 units plus the dots that mark a cut. Room beside the part is
 * shared by both sides; a part that is itself too long loses its end. Cuts fall between words where there are any.
 */
export function excerpt(text: string, start: number, end: number, maxLength: number): Excerpt {
  const room = Math.max(0, maxLength - (end - start))
  const from = Math.max(0, Math.min(start - Math.floor(room / 2), text.length - maxLength))
  const to = Math.min(text.length, from + maxLength)
  // One unit more, so that a word that ends just at the cut is seen to be whole.
  const body = text.slice(from, to + 1)
  const head = from > 0 ? body.slice(0, start - from).search(/\s/) : -1
  const tail = to < text.length ? body.search(/\s\S*$/) : -1
  const kept = body.slice(head + 1, tail > head ? tail : to - from).toWellFormed()
  const trimmed = kept.trimStart()
  const before = from > 0 ? '… ' : ''
  const first = from + head + 1 + kept.length - trimmed.length
  return { text: `${before}${trimmed.trimEnd()}${to < text.length ? ' …' : ''}`, shift: before.length - first }
}
