import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createRedactor } from '../../logging/redaction/redactor.ts'
import { onOneLine } from '../../text/printing/printable.ts'
import type { Period } from '../../watch/analysis/record.ts'
import { groupQuestions, wordingOf } from '../../watch/analysis/usage/question-groups.ts'

/** An answer that a user judged to be wrong. Texts are redacted. */
export interface BadFeedback {
  readonly turn_id: string
  readonly at: string
  readonly question: string
  readonly answer: string
  readonly comment: string | undefined
  /** The document that answers, as the user named it. */
  readonly document_id: string | undefined
  readonly confidence: number
}

export interface BadFeedbackList {
  readonly name: 'bad_feedback'
  readonly from: string
  readonly to: string
  /** The latest first; 500 at most. */
  readonly answers: readonly BadFeedback[]
}

const LIMIT = 500
const ANSWER_CHARS = 300
const MAX_GROUPS = 50
/** Different comments that are shown of a question. */
const MAX_COMMENTS = 3

/** Lists the answers that users judged to be wrong in a period. Erased turns have no text. */
export function listBadFeedback(dataDir: string, { from, to }: Period): BadFeedbackList {
  const path = join(dataDir, 'pellucid.sqlite')
  const list = { name: 'bad_feedback', from: new Date(from).toISOString(), to: new Date(to).toISOString() } as const
  if (!existsSync(path)) return { ...list, answers: [] }
  const redact = createRedactor().text
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const answers = db
      .prepare(
        `SELECT turn_id, feedback_at, message, response, feedback_comment, feedback_document, confidence FROM turns
           WHERE feedback_correct = 0 AND feedback_at >= ? AND feedback_at < ? ORDER BY feedback_at DESC LIMIT ?`,
      )
      .all(from, to, LIMIT)
      .map(row => ({
        turn_id: String(row.turn_id),
        at: new Date(Number(row.feedback_at)).toISOString(),
        question: redact(String(row.message)),
        // Redacted whole, then cut.
        answer: redact(String(row.response)).slice(0, ANSWER_CHARS),
        comment: row.feedback_comment === null ? undefined : redact(String(row.feedback_comment)),
        document_id: row.feedback_document === null ? undefined : redact(String(row.feedback_document)),
        confidence: Number(row.confidence),
      }))
    return { ...list, answers }
  } finally {
    db.close()
  }
}

/** Renders answers that users judged to be wrong: in groups, each question once, for writers. */
export function renderBadFeedback({ from, to, answers }: BadFeedbackList): string {
  // The oldest first: a question shows its latest answer.
  const groups = groupQuestions(
    answers.toReversed().map(({ question, turn_id }) => ({ text: question, turnId: turn_id })),
    MAX_GROUPS,
  )
  const byTurn = new Map(answers.map(answer => [answer.turn_id, answer]))
  const byWording = Map.groupBy(answers, ({ question }) => wordingOf(question))
  return [
    `${answers.length} answers were judged to be wrong from ${from} to ${to}`,
    ...groups.flatMap(({ label, count, examples }) => [
      '',
      `${count} ×  ${onOneLine(label)}`,
      ...examples.flatMap(({ text, count, turn_id }) => [
        `  ${count} × ${onOneLine(text)}`,
        ...describe(byTurn.get(turn_id), byWording.get(wordingOf(text)) ?? []).map(line => `      ${line}`),
      ]),
    ]),
    '',
  ].join('\n')
}

/** The latest answer, and what users said about all of this question. */
function describe(latest: BadFeedback | undefined, all: readonly BadFeedback[]): readonly string[] {
  if (latest === undefined) return []
  const comments = new Set(all.flatMap(({ comment }) => comment ?? []))
  const documents = new Set(all.flatMap(({ document_id }) => document_id ?? []))
  return [
    `answered with confidence ${latest.confidence.toFixed(2)}: ${onOneLine(latest.answer)}`,
    ...[...comments].slice(0, MAX_COMMENTS).map(comment => `comment: ${onOneLine(comment)}`),
    ...[...documents].map(document => `the answer is in: ${onOneLine(document)}`),
    `latest at ${latest.at}: pellucid logs --turn ${latest.turn_id}`,
  ]
}
