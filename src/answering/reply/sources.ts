import type { Candidate } from '../choice.ts'
import type { PassageOrigin, Source } from '../workings.ts'
import { excerpt } from './excerpt.ts'
import { type QuotedSection, sectionOf } from './quoted-section.ts'

const MAX_SOURCES = 5
/** UTF-16 code units, without the ellipses. */
const MAX_PASSAGE = 1990
const GAP = '\n\n'
const OMISSION = '\n\n…\n\n'

/** A passage, or the text between two, in the joined text. */
interface Part {
  readonly start: number
  readonly text: string
  readonly ordinal?: number
}

/**
 * Lists the sections of an answer: the quoted ones first, in the order of the reply, then those
 * with the greatest mass. At most five, each with the text around its quoted part.
 */
export function listSources(candidates: readonly Candidate[], quoted: readonly QuotedSection[]): readonly Source[] {
  const sections = [...Map.groupBy(candidates, sectionOf).values()]
  const isQuoted = new Map(quoted.map((section, i) => [sectionOf(section.passages[0]!.candidate), i]))
  const rank = (section: readonly Candidate[]) => isQuoted.get(sectionOf(section[0]!)) ?? quoted.length
  const mass = (section: readonly Candidate[]) => section.reduce((sum, candidate) => sum + candidate.mass, 0)
  const sources = sections
    .sort((a, b) => rank(a) - rank(b) || mass(b) - mass(a))
    .map(section => toSource(section, quoted[rank(section)]))
  return sources
    .filter(({ location }, i) => sources.findIndex(source => source.location === location) === i)
    .slice(0, MAX_SOURCES)
}

/**
 * Joins the section's text around the quoted passages, or around the best one, and cuts it to
 * size.
 */
function toSource(section: readonly Candidate[], quoted: QuotedSection | undefined): Source {
  const first = quoted?.passages[0]?.candidate ?? section.toSorted((a, b) => b.mass - a.mass)[0]!
  const quotes = quoted?.passages ?? [
    { candidate: first, segments: [first.segments.toSorted((a, b) => b.probability - a.probability)[0]!] },
  ]
  const shown = new Set(quotes.map(({ candidate }) => candidate.passage.ordinal))
  const texts = [...textsOf(section)].filter(([ordinal]) => [-1, 0, 1].some(step => shown.has(ordinal + step)))
  const parts: Part[] = []
  let text = ''
  const spans: { readonly start: number; readonly end: number }[] = []
  for (const [i, [ordinal, written]] of texts.entries()) {
    const between = i === 0 ? '' : texts[i - 1]![0] === ordinal - 1 ? GAP : OMISSION
    const offset = text.length + between.length
    parts.push({ start: text.length, text: between }, { start: offset, text: written, ordinal })
    text += between + written
    const segments = quotes.find(({ candidate }) => candidate.passage.ordinal === ordinal)?.segments ?? []
    for (const { start, end } of segments) spans.push({ start: offset + start, end: offset + end })
  }
  const from = spans[0]!.start
  const cut = excerpt(text, from, Math.min(spans.at(-1)!.end, from + MAX_PASSAGE), MAX_PASSAGE)
  const highlights = joinSpans(text, spans)
    .map(({ start, end }) => ({ start: start + cut.shift, end: Math.min(end, cut.to) + cut.shift }))
    .filter(({ start, end }) => start >= 0 && start < end)
  const { title, location, score, documentId } = first.passage
  const pieces = [cut.text.slice(0, cut.from + cut.shift), ...piecesOf(parts, cut), cut.text.slice(cut.to + cut.shift)]
  const origin = { documentId, pieces: pieces.filter(piece => piece !== '') }
  return { title, location, passage: cut.text, score, highlights, origin }
}

/** The pieces of the joined text that are shown. */
function piecesOf(parts: readonly Part[], shown: { readonly from: number; readonly to: number }): PassageOrigin['pieces'] {
  return parts.flatMap(({ start, text, ordinal }) => {
    const from = Math.max(0, shown.from - start)
    const to = Math.min(text.length, shown.to - start)
    if (from >= to) return []
    return ordinal === undefined ? text.slice(from, to) : { ordinal, start: from, end: to }
  })
}

/** The passages of a section that were read, by their ordinals, in order. */
function textsOf(section: readonly Candidate[]): readonly (readonly [number, string])[] {
  const texts = new Map<number, string>()
  for (const { passage } of section) {
    const { ordinal, before, text, after } = passage
    if (before !== undefined) texts.set(ordinal - 1, before)
    texts.set(ordinal, text)
    if (after !== undefined) texts.set(ordinal + 1, after)
  }
  return [...texts].sort(([a], [b]) => a - b)
}

/** Joins spans with only white space between them. */
function joinSpans(text: string, spans: readonly { readonly start: number; readonly end: number }[]) {
  const joined: { start: number; end: number }[] = []
  for (const { start, end } of spans) {
    const last = joined.at(-1)
    if (last !== undefined && text.slice(last.end, start).trim() === '') last.end = end
    else joined.push({ start, end })
  }
  return joined
}
