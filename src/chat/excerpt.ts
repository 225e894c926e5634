/**
 * The part of a text around `start`–`end`, trimmed, of at most `maxLength` UTF-16 units plus the dots that mark a cut. Room beside the part is
 * shared by both sides; a part that is itself too long loses its end. Cuts fall between words where there are any.
 */
export function excerpt(text: string, start: number, end: number, maxLength: number): string {
  const room = Math.max(0, maxLength - (end - start))
  const from = Math.max(0, Math.min(start - Math.floor(room / 2), text.length - maxLength))
  const to = Math.min(text.length, from + maxLength)
  // One unit more, so that a word that ends just at the cut is seen to be whole.
  const body = text.slice(from, to + 1)
  const head = from > 0 ? body.slice(0, start - from).search(/\s/) : -1
  const tail = to < text.length ? body.search(/\s\S*$/) : -1
  const kept = body
    .slice(head + 1, tail > head ? tail : to - from)
    .toWellFormed()
    .trim()
  return `${from > 0 ? '… ' : ''}${kept}${to < text.length ? ' …' : ''}`
}
