import type { Candidate } from '../choice.ts'
import type { PassageOrigin, Source } from '../workings.ts'
import { excerpt } from './excerpt.ts'
import { type QuotedSection, sectionOf } from './quote-selection.ts'

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

/** Joins the passages around the quoted ones, or around the best one, and cuts them to size. */
function toSource(section: readonly Candidate[], quoted: QuotedSection | undefined): Source {
  const first = quoted?.passages[0]?.candidate ?? section.toSorted((a, b) => b.mass - a.mass)[0]!
  const shownOnes = new Set(quoted?.passages.map(({ candidate }) => candidate) ?? [first])
  const ordered = section.toSorted((a, b) => a.passage.ordinal - b.passage.ordinal)
  const passages = ordered.filter((candidate, i) => {
    const before = ordered[i - 1]
    const follows = before !== undefined && shownOnes.has(before) && before.passage.ordinal + 1 === candidate.passage.ordinal
    if (follows) shownOnes.add(candidate)
    return shownOnes.has(candidate)
  })
  const parts: Part[] = []
  let text = ''
  const spans: { readonly start: number; readonly end: number }[] = []
  for (const [i, candidate] of passages.entries()) {
    const isNext = passages[i - 1]?.passage.ordinal === candidate.passage.ordinal - 1
    const between = i === 0 ? '' : isNext ? GAP : OMISSION
    const offset = text.length + between.length
    parts.push(
      { start: text.length, text: between },
      { start: offset, text: candidate.passage.text, ordinal: candidate.passage.ordinal },
    )
    text += between
    text += candidate.passage.text
    const segments = quoted?.passages.find(one => one.candidate === candidate)?.segments ?? []
    for (const { start, end } of segments) spans.push({ start: offset + start, end: offset + end })
  }
  if (spans.length === 0) spans.push(bestSpan(first))
  const from = spans[0]!.start
  const shown = excerpt(text, from, Math.min(spans.at(-1)!.end, from + MAX_PASSAGE), MAX_PASSAGE)
  const highlights = joinSpans(text, spans)
    .map(({ start, end }) => ({ start: start + shown.shift, end: Math.min(end + shown.shift, shown.text.length) }))
    .filter(({ start, end }) => start >= 0 && start < end)
  const { title, location, score, documentId } = first.passage
  const pieces = [
    shown.text.slice(0, shown.from + shown.shift),
    ...piecesOf(parts, shown),
    shown.text.slice(shown.to + shown.shift),
  ]
  const origin = { documentId, pieces: pieces.filter(piece => piece !== '') }
  return { title, location, passage: shown.text, score, highlights, origin }
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

function bestSpan({ segments }: Candidate): { readonly start: number; readonly end: number } {
  const { start, end } = segments.toSorted((a, b) => b.probability - a.probability)[0]!
  return { start, end }
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
