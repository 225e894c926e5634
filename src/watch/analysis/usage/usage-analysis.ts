import { type AnalysisLine, count, iso, type Period, ranked, textOf } from '../record.ts'
import { groupQuestions, type Question, type QuestionGroup } from './question-groups.ts'

type Ranked = readonly { readonly name: string; readonly count: number }[]

export interface UsageAnalysis {
  readonly name: 'usage'
  readonly from: string
  readonly to: string
  readonly turns: number
  readonly turns_before: number
  readonly kinds: Ranked
  readonly sessions: number
  /** Distinct pseudonyms, and how many of them came back from the period before. */
  readonly users: number
  readonly returning_users: number
  /** Turns by hour of the day and day of the week, in UTC. */
  readonly hours: Ranked
  readonly weekdays: Ranked
  readonly unanswered: readonly QuestionGroup[]
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
/** Sessions and users that are kept. Further ones are not counted. */
const MAX_NAMES = 100_000
/** Questions without an answer that are grouped: the latest of the period. */
const MAX_QUESTIONS = 5000
/** Words of a greeting, at most. */
const MAX_SMALL_TALK_WORDS = 4
/** Questions whose reply is awaited. */
const MAX_OPEN = 10_000

/** A greeting or thanks: short, no question, and not searched for. */
function isSmallTalk(kind: string, text: string, record: AnalysisLine['record']): boolean {
  return kind === 'fallback' && record.confidence === 0 && !text.includes('?') && text.split(/\s+/).length <= MAX_SMALL_TALK_WORDS
}

/** Texts of which every line that this analysis needs contains one. */
export const USAGE_LINES = ['"msg":"User message received"', '"msg":"Bot response sent"'] as const

/**
 * Creates the analysis of usage. Questions are in the redacted form that the log has; with
 * `LOG_MESSAGE_CONTENT=off` there are none. Memory: about 20 MB at most.
 */
export function createUsageAnalysis({ from, to }: Period) {
  const [kinds, hours, weekdays] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  const [sessions, users, earlier] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const open = new Map<string, string>()
  const unanswered: Question[] = []
  let turns = 0
  let before = 0

  function note(names: Set<string>, name: string | undefined): void {
    if (name !== undefined && names.size < MAX_NAMES) names.add(name)
  }

  function add({ at, record }: AnalysisLine): void {
    if (at >= to || at < from - (to - from)) return
    const turnId = textOf(record, 'turn_id')
    if (record.msg === 'User message received') {
      const text = textOf(record, 'message_text')
      if (text !== undefined && turnId !== undefined) open.set(turnId, text)
      const oldest = open.size > MAX_OPEN ? open.keys().next().value : undefined
      if (oldest !== undefined) open.delete(oldest)
      return
    }
    if (record.replayed === true) return
    const user = textOf(record, 'user_id')
    if (at < from) {
      before++
      note(earlier, user)
      return
    }
    turns++
    const kind = textOf(record, 'kind') ?? 'unknown'
    const text = turnId === undefined ? undefined : open.get(turnId)
    open.delete(turnId ?? '')
    count(kinds, kind === 'command' ? `command ${/^\/\w+/.exec(text ?? '')?.[0] ?? ''}`.trim() : kind)
    count(hours, `${String(new Date(at).getUTCHours()).padStart(2, '0')}:00`)
    count(weekdays, DAYS[new Date(at).getUTCDay()] ?? '')
    note(sessions, textOf(record, 'session_id'))
    note(users, user)
    if (text === undefined || turnId === undefined || kind === 'command' || isSmallTalk(kind, text, record)) return
    if (kind !== 'fallback') return
    unanswered.push({ text, turnId })
    if (unanswered.length > MAX_QUESTIONS) unanswered.shift()
  }

  return {
    add,
    result: (): UsageAnalysis => ({
      name: 'usage',
      from: iso(from),
      to: iso(to),
      turns,
      turns_before: before,
      kinds: ranked(kinds),
      sessions: sessions.size,
      users: users.size,
      returning_users: [...users].filter(user => earlier.has(user)).length,
      hours: ranked(hours, 24),
      weekdays: ranked(weekdays, 7),
      unanswered: groupQuestions(unanswered, 50),
    }),
  }
}
