import type { EvidenceFeature } from '../answering/confidence.ts'
import type { RatedCandidate, SegmentFeature, Workings } from '../answering/workings.ts'
import type { Timings, Turn } from '../chat/turn.ts'
import { fixedText, joinTexts, partOf, type ReplyText, reply, wholeText } from '../reply-text.ts'
import { escapedTitle, locationText } from '../text/printing/markdown-escaping.ts'
import { oneLine } from './one-line.ts'

/** A question and its reply, with the figures behind it. */
export interface Explainable {
  readonly question: string
  readonly kind: string
  /** 0–1. */
  readonly confidence: number
  readonly workings?: Workings
}

/** What each figure of the evidence says. Shares, 0–1, are of the weight of the words. */
const EVIDENCE: Readonly<Record<EvidenceFeature | 'constant', (value: number) => string>> = {
  constant: () => 'base value',
  covered: share => `the best section and its headings have ${percent(share)} of the question's words`,
  together: share => `three neighbouring sentences have ${percent(share)} of the question's words`,
  pairs: share => `${percent(share)} of the question's neighbouring words are close together in a section`,
  missing: share => `${percent(share)} of the question's words are in no document`,
  headed: share => `the best heading has ${percent(share)} of the question's words`,
  scarce: share => `${percent(share)} of the question's rare words are in at most three passages`,
  words: count => `the question has ${count} words that count`,
  unknownIdentifiers: count => `${count} of the question's identifiers are in no section found`,
  followUp: share => `the message refers to earlier turns (${share.toFixed(2)})`,
  mass: share => `the best section has ${percent(share)} of the odds`,
  smallness: share => `there are few documents (${share.toFixed(2)})`,
  coveredInSmall: share => `in so few documents, the words of the best section count more (${share.toFixed(2)})`,
}

/** What each part of a candidate's score is. */
const PARTS: Readonly<Record<SegmentFeature, string>> = {
  search: 'search result',
  document: 'other results of the document',
  passage: 'words in the section',
  name: 'heading that the question names',
  segment: 'words in the best sentence',
  page: 'page of news or changes',
  place: 'place in the section',
  form: 'form that the question asks for',
}

/** Explains how the question of a turn was answered, with durations and trace. */
export function explainTurn({ message, receipt, workings }: Turn): ReplyText {
  const { kind, confidence, timingsMs, traceId } = receipt
  return joinTexts(
    [
      explainAnswer({ question: message, kind, confidence, workings }),
      fixedText(`Times: ${listTimes(timingsMs)}`),
      fixedText(`Trace: ${/^0*$/.test(traceId) ? 'none' : traceId}`),
    ],
    '\n',
  )
}

/**
 * Explains how a question was answered: the confidence, the search words, and what raised each
 * candidate.
 */
export function explainAnswer({ question, kind, confidence, workings }: Explainable): ReplyText {
  const threshold = workings === undefined ? '' : ` (an answer needs ${workings.threshold.toFixed(2)})`
  return joinTexts(
    [
      reply`Question: ${wholeText(question, text => oneLine(text, 80))}`,
      fixedText(`Reply: ${kind}, confidence ${confidence.toFixed(2)}${threshold}`),
      ...(workings === undefined ? [] : explainSearch(question, workings)),
    ],
    '\n',
  )
}

function explainSearch(question: string, workings: Workings): ReplyText[] {
  const { parsedAs, terms, candidates, context = [], corrections = [] } = workings
  return [
    fixedText(`Read as: ${parsedAs}`),
    ...explainConfidence(workings),
    ...(corrections.length === 0 ? [] : [explainCorrections(corrections)]),
    ...(context.length === 0
      ? []
      : section(
          'Words of earlier turns, with their weights',
          context.map(({ text, weight }) => reply`× ${Number(weight.toFixed(2))}: ${oneLine(text, 80)}`),
        )),
    ...section(
      'Words',
      terms.map(term => explainWord(question, term)),
    ),
    ...explainCandidates(question, candidates),
  ]
}

/** One section, or one for each question of the message. */
function explainCandidates(question: string, candidates: Workings['candidates']): ReplyText[] {
  const groups = candidates.length === 0 ? [candidates] : Map.groupBy(candidates, one => one.question).values()
  return [...groups].flatMap(group => {
    const [asked] = group.flatMap(one => one.question ?? [])
    const named = asked === undefined ? fixedText('') : reply` for “${partOf(question, asked, text => oneLine(text, 80))}”`
    return section(
      reply`Candidates${named}, with their shares of the odds`,
      group.map((candidate, i) => explainCandidate(question, candidate, i + 1, group[i + 1])),
    )
  })
}

/** Lists what raised the confidence, and what lowered it, largest first. */
function explainConfidence({ evidence, threshold }: Workings): ReplyText[] {
  const { contributions = {}, ...values } = evidence ?? {}
  const terms = Object.entries(contributions).filter(([, value]) => value !== 0)
  if (terms.length === 0) return []
  const sum = terms.reduce((total, [, value]) => total + value, 0)
  const needed = Math.log(threshold / (1 - threshold))
  const lines = terms
    .sort(([a, x], [b, y]) => Number(b === 'constant') - Number(a === 'constant') || y - x)
    .map(([name, value]) => `${signed(value)}  ${describeEvidence(name, (values as Record<string, number>)[name] ?? 0)}`)
  const compared = Number.isFinite(needed) ? `; an answer needs ${signed(needed)}` : ''
  return section(
    'Confidence',
    [...lines, `${signed(sum)}  in all${compared}`].map(line => fixedText(line)),
  )
}

/** Turns of other versions may have other figures. */
function describeEvidence(name: string, value: number): string {
  return name in EVIDENCE ? EVIDENCE[name as keyof typeof EVIDENCE](value) : name
}

function explainCorrections(corrections: NonNullable<Workings['corrections']>): ReplyText {
  const pairs = corrections.map(({ word, suggestion }) => reply`${word} → ${suggestion}`)
  return reply`Corrected: ${joinTexts(pairs, ', ')}`
}

function explainWord(
  question: string,
  { word, term, documentFrequency, idf, weight = idf }: Workings['terms'][number],
): ReplyText {
  const passages = documentFrequency === 0 ? 'in no passage' : `passages: ${documentFrequency}`
  // A colon after a word such as "password" would make redaction take the count for a secret.
  const figures = fixedText(`(${passages}, ${weight === 0 ? 'does not count' : `weight ${weight.toFixed(2)}`})`)
  return reply`${partOf(question, word)} → ${partOf(question, term)} ${figures}`
}

function explainCandidate(
  question: string,
  candidate: RatedCandidate,
  place: number,
  next: RatedCandidate | undefined,
): ReplyText {
  const { title, location, score, share, quoted = false, parts, matched = [], missing = [] } = candidate
  const odds = share === undefined ? score.toFixed(2) : percent(share)
  const name = escapedTitle(title, text => oneLine(text, 60))
  const head = reply`${fixedText(`${place}. ${odds}`)} ${name} (${locationText(location)})${fixedText(quoted ? ', quoted' : '')}`
  if (parts === undefined) return head
  const figures = Object.entries(parts).map(([name, value]) => `${nameOf(name)} ${value.toFixed(1).replace('-', '−')}`)
  const words = (list: readonly string[]) =>
    joinTexts(
      list.map(word => partOf(question, word)),
      ', ',
    )
  const found = matched.length === 0 ? [] : [reply`has ${words(matched)}`]
  const lacks = missing.length === 0 ? [] : [reply`lacks ${words(missing)}`]
  const lines = [
    head,
    fixedText(`score ${sumOf(parts).toFixed(1)}: ${figures.join(', ')}`),
    ...(found.length + lacks.length === 0 ? [] : [joinTexts([...found, ...lacks], '; ')]),
    ...(next?.parts === undefined ? [] : [fixedText(compare(parts, next.parts, place))]),
  ]
  return joinTexts(lines, '\n     ')
}

/** Says why a candidate precedes the next one: the largest difference between their scores. */
function compare(parts: NonNullable<RatedCandidate['parts']>, next: typeof parts, place: number): string {
  const ahead = sumOf(parts) - sumOf(next)
  const differences = Object.keys({ ...parts, ...next }).map(name => [name, (parts[name] ?? 0) - (next[name] ?? 0)] as const)
  const [name, difference] = differences.reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
  if (ahead <= 0 || difference <= 0) return `before ${place + 1}, since more of its sentences may answer`
  return `before ${place + 1} by ${ahead.toFixed(1)}; largest difference: ${nameOf(name)} ${signed(difference, 1)}`
}

function nameOf(part: string): string {
  return part in PARTS ? PARTS[part as SegmentFeature] : part
}

function sumOf(parts: NonNullable<RatedCandidate['parts']>): number {
  return Object.values(parts).reduce((total, value) => total + value, 0)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

function signed(value: number, digits = 2): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
}

function section(heading: string | ReplyText, lines: readonly ReplyText[]): ReplyText[] {
  const title = typeof heading === 'string' ? fixedText(heading) : heading
  return lines.length === 0 ? [reply`${title}: none`] : [reply`${title}:`, ...lines.map(line => reply`  ${line}`)]
}

/** Lists the steps that ran; the others took 0 ms. */
function listTimes(timings: Timings): string {
  return Object.entries(timings)
    .filter(([step, ms]) => ms > 0 || step === 'total')
    .map(([step, ms]) => `${step} ${ms} ms`)
    .join(', ')
}
