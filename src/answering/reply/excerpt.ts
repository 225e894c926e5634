import { OMISSION } from '../../text/omission.ts'

/** A part of a text. */
export interface Excerpt {
  /** With an ellipsis at each cut. */
  readonly text: string
  /** Add it to an offset in the source to get the offset in `text`. Usually negative. */
  readonly shift: number
  /** The part of the source that is shown. */
  readonly from: number
  readonly to: number
}

/**
 * Cuts out the text around `start`–`end`: at most `maxLength` UTF-16 code units plus ellipses. The
 * remaining room is split between both sides. A range that is too long loses its end. Cuts between
 * words if possible.
 */
export function excerpt(text: string, start: number, end: number, maxLength: number): Excerpt {
  const room = Math.max(0, maxLength - (end - start))
  const from = Math.max(0, Math.min(start - Math.floor(room / 2), text.length - maxLength))
  const to = Math.min(text.length, from + maxLength)
  // One code unit more, to recognize a word that ends exactly at the cut.
  const body = text.slice(from, to + 1)
  const head = from > 0 ? body.slice(0, start - from).search(/\s/) : -1
  const tail = to < text.length ? body.search(/\s\S*$/) : -1
  const kept = body.slice(head + 1, tail > head ? tail : to - from).toWellFormed()
  const trimmed = kept.trimStart()
  const before = from > 0 ? `${OMISSION} ` : ''
  const first = from + head + 1 + kept.length - trimmed.length
  const shown = trimmed.trimEnd()
  const after = to < text.length ? ` ${OMISSION}` : ''
  return { text: `${before}${shown}${after}`, shift: before.length - first, from: first, to: first + shown.length }
}
