import type { Workings } from '../answering/workings.ts'
import type { Timings, Turn } from '../chat/turn.ts'
import { fixedText, joinTexts, partOf, type ReplyText, reply, titleText, wholeText } from '../reply-text.ts'
import { oneLine } from './one-line.ts'

/** Explains how a question was answered: search words, candidates, scores, durations and trace. */
export function explain({ message, receipt, workings }: Turn): ReplyText {
  const threshold = workings === undefined ? '' : ` (an answer needs ${workings.threshold.toFixed(2)})`
  return joinTexts(
    [
      reply`Question: ${wholeText(message, text => oneLine(text, 80))}`,
      fixedText(`Reply: ${receipt.kind}, confidence ${receipt.confidence.toFixed(2)}${threshold}`),
      ...(workings === undefined ? [] : explainSearch(message, workings)),
      fixedText(`Times: ${listTimes(receipt.timingsMs)}`),
      fixedText(`Trace: ${/^0*$/.test(receipt.traceId) ? 'none' : receipt.traceId}`),
    ],
    '\n',
  )
}

function explainSearch(
  message: string,
  { parsedAs, terms, candidates, evidence, context = [], corrections = [] }: Workings,
): ReplyText[] {
  return [
    fixedText(`Read as: ${parsedAs}`),
    ...(evidence === undefined ? [] : [fixedText(`Evidence: ${explainEvidence(evidence)}`)]),
    ...(corrections.length === 0 ? [] : [explainCorrections(corrections)]),
    ...(context.length === 0
      ? []
      : section(
          'From earlier turns',
          context.map(({ text, weight }) => reply`× ${weight}: ${oneLine(text, 80)}`),
        )),
    ...section(
      'Words',
      terms.map(({ word, term, documentFrequency, idf }) => {
        // A colon after a word such as "password" would make redaction take the count for a secret.
        const figures = fixedText(`(passages: ${documentFrequency}, idf ${idf.toFixed(2)})`)
        return reply`${partOf(message, word)} → ${partOf(message, term)} ${figures}`
      }),
    ),
    ...section(
      'Candidates',
      candidates.map((candidate, i) => explainCandidate(message, candidate, i + 1)),
    ),
  ]
}

function explainCorrections(corrections: NonNullable<Workings['corrections']>): ReplyText {
  const pairs = corrections.map(({ word, suggestion }) => reply`${word} → ${suggestion}`)
  return reply`Corrected: ${joinTexts(pairs, ', ')}`
}

/** What the figures of a candidate's score mean, in the order of their names. */
const PART_NAMES: Readonly<Record<string, string>> = {
  search: 'search',
  document: 'its document',
  passage: 'words in the section',
  segment: 'words in the best sentence',
  place: 'place in the section',
  form: 'form asked for',
}

function explainCandidate(message: string, candidate: Workings['candidates'][number], place: number): ReplyText {
  const { title, location, score, share, parts, matched = [], missing = [] } = candidate
  const odds = share === undefined ? score.toFixed(2) : `${(100 * share).toFixed(0)} %`
  const head = reply`${fixedText(`${place}. ${odds}`)} ${titleText(title, text => oneLine(text, 60))} (${location})`
  if (parts === undefined) return head
  const figures = Object.entries(parts)
    .map(([name, value]) => `${PART_NAMES[name] ?? name} ${value.toFixed(1)}`)
    .join(', ')
  const words = (list: readonly string[]) =>
    joinTexts(
      list.map(word => partOf(message, word)),
      ', ',
    )
  const found = matched.length === 0 ? [] : [reply`has ${words(matched)}`]
  const lacks = missing.length === 0 ? [] : [reply`lacks ${words(missing)}`]
  return joinTexts([reply`${head}\n     ${fixedText(figures)}`, ...found, ...lacks], '; ')
}

/** What the figures behind the confidence mean. Turns of older versions have other figures. */
const EVIDENCE_NAMES: Readonly<Record<string, string>> = {
  covered: "question's words in the best section",
  together: 'in neighbouring sentences',
  pairs: 'neighbouring words found together',
  missing: 'in no document',
  headed: 'in the best heading',
  scarce: 'rare words in few sections',
  words: 'number of words',
  unknownIdentifiers: 'identifiers not found',
  followUp: 'refers to earlier turns',
}

function explainEvidence(evidence: NonNullable<Workings['evidence']>): string {
  const figures = Object.entries(evidence).filter(([name, value]) => name in EVIDENCE_NAMES && typeof value === 'number')
  return figures.map(([name, value]) => `${EVIDENCE_NAMES[name]} ${Number(value.toFixed(2))}`).join(', ')
}

function section(heading: string, lines: readonly ReplyText[]): ReplyText[] {
  const title = fixedText(heading)
  return lines.length === 0 ? [reply`${title}: none`] : [reply`${title}:`, ...lines.map(line => reply`  ${line}`)]
}

/** Lists the steps that ran; the others took 0 ms. */
function listTimes(timings: Timings): string {
  return Object.entries(timings)
    .filter(([step, ms]) => ms > 0 || step === 'total')
    .map(([step, ms]) => `${step} ${ms} ms`)
    .join(', ')
}
