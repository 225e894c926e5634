import { onOneLine } from '../../../text/printing/printable.ts'
import type { QuestionGroup } from './question-groups.ts'
import type { UsageAnalysis } from './usage-analysis.ts'

/** Renders the analysis of usage as text. */
export function renderUsage(usage: UsageAnalysis): string {
  const { from, to, turns, turns_before, kinds, sessions, users, returning_users, hours, weekdays, unanswered } = usage
  const list = (entries: readonly { readonly name: string; readonly count: number }[]) =>
    entries.map(({ name, count }) => `${name} ${count} ×`).join(', ')
  return [
    `${turns} turns from ${from} to ${to} (${turns_before} in the period before)`,
    `Replies: ${list(kinds)}`,
    `Sessions: ${sessions}; users: ${users}, ${returning_users} of them also in the period before`,
    `Busiest hours (UTC): ${list(hours.slice(0, 3))}; days: ${list(weekdays.slice(0, 3))}`,
    '',
    `Not answered: ${unanswered.reduce((sum, { count }) => sum + count, 0)} questions. pellucid unanswered lists them.`,
    '',
  ].join('\n')
}

/** Renders questions without an answer, in groups, for those who write the documents. */
export function renderUnanswered({ from, to, unanswered }: Pick<UsageAnalysis, 'from' | 'to' | 'unanswered'>): string {
  const total = unanswered.reduce((sum, { count }) => sum + count, 0)
  return [`${total} questions without an answer from ${from} to ${to}`, ...unanswered.flatMap(paragraph), ''].join('\n')
}

function paragraph({ label, count, examples }: QuestionGroup): readonly string[] {
  return [
    '',
    `${count} ×  ${onOneLine(label)}`,
    ...examples.map(({ text, count, turn_id }) => `  ${count} × ${onOneLine(text)}  (pellucid logs --turn ${turn_id})`),
  ]
}
