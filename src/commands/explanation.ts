import type { Workings } from '../answering/workings.ts'
import type { Timings, Turn } from '../chat/turn.ts'
import { oneLine } from './one-line.ts'

/** Tells how the reply to a question came about, in lines of plain text. */
export function explain({ message, receipt, workings }: Turn): string {
  const confidence = `confidence ${receipt.confidence.toFixed(2)}`
  return [
    `Question: ${oneLine(message, 80)}`,
    `Reply: ${receipt.kind}, ${confidence}${workings === undefined ? '' : ` (an answer takes ${workings.threshold.toFixed(2)})`}`,
    ...(workings === undefined ? [] : explainSearch(workings)),
    `Times: ${listTimes(receipt.timingsMs)}`,
    `Trace: ${/^0*$/.test(receipt.traceId) ? 'none' : receipt.traceId}`,
  ].join('\n')
}

function explainSearch({ parsedAs, terms, candidates, evidence, context = [], corrections = [] }: Workings): string[] {
  return [
    `Read as: ${parsedAs}`,
    ...(evidence === undefined ? [] : [`Evidence: ${explainEvidence(evidence)}`]),
    ...(corrections.length === 0
      ? []
      : [`Corrected: ${corrections.map(({ word, suggestion }) => `${word} → ${suggestion}`).join(', ')}`]),
    ...(context.length === 0
      ? []
      : section(
          'From earlier turns',
          context.map(({ text, weight }) => `× ${weight}: ${oneLine(text, 80)}`),
        )),
    ...section(
      'Words',
      terms.map(
        ({ word, term, documentFrequency, idf }) => `${word} → ${term}: passages ${documentFrequency}, idf ${idf.toFixed(2)}`,
      ),
    ),
    ...section(
      'Candidates',
      candidates.map(({ title, location, score }, i) => `${i + 1}. ${score.toFixed(2)} ${oneLine(title, 60)} (${location})`),
    ),
  ]
}

function explainEvidence({ words, letters, covered, matched }: NonNullable<Workings['evidence']>): string {
  const told = { 'words of a sentence': words, letters, 'question covered': covered, 'weight matched': matched }
  return Object.entries(told)
    .map(([name, value]) => `${name} ${value.toFixed(2)}`)
    .join(', ')
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [`${heading}: none`] : [`${heading}:`, ...lines.map(line => `  ${line}`)]
}

/** Steps that took no time were not taken. */
function listTimes(timings: Timings): string {
  return Object.entries(timings)
    .filter(([step, ms]) => ms > 0 || step === 'total')
    .map(([step, ms]) => `${step} ${ms} ms`)
    .join(', ')
}
