import type { Workings } from '../answering/workings.ts'
import type { Timings, Turn } from '../chat/turn.ts'
import { fixedText, joinTexts, partOf, type ReplyText, reply, wholeText } from '../reply-text.ts'
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
      candidates.map(({ title, location, score }, i) => {
        const head = fixedText(`${i + 1}. ${score.toFixed(2)}`)
        return reply`${head} ${wholeText(title, text => oneLine(text, 60))} (${location})`
      }),
    ),
  ]
}

function explainCorrections(corrections: NonNullable<Workings['corrections']>): ReplyText {
  const pairs = corrections.map(({ word, suggestion }) => reply`${word} → ${suggestion}`)
  return reply`Corrected: ${joinTexts(pairs, ', ')}`
}

function explainEvidence({ words, letters, covered, matched }: NonNullable<Workings['evidence']>): string {
  const figures = { 'words of a sentence': words, letters, 'question covered': covered, 'weight matched': matched }
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toFixed(2)}`)
    .join(', ')
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
