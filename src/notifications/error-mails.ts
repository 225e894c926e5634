import type { Notification } from './notification.ts'
import type { Outbox } from './outbox.ts'

/** Failures of one kind in the log, of the time since it was last read. */
export interface Failure {
  readonly fingerprint: string
  /** The error's code, if the line has one. */
  readonly code?: string | undefined
  /** One line: the message of the log. */
  readonly message: string
  readonly module: string
  readonly count: number
  /** Milliseconds since 1970. */
  readonly firstAt: number
  readonly lastAt: number
  /** Log lines as text. */
  readonly first: string
  readonly last: string
  readonly before: readonly string[]
}

/** A kind is mailed at most once in this time. */
const PAUSE_MS = 3_600_000

/** A kind that was not mailed in this time counts as new. Only bounds the table. */
const FORGOTTEN_MS = 30 * 86_400_000
const PREFIX = 'error '

/**
 * Returns mails about failures: for each kind the first one at once, and what follows in the next
 * hour as one mail after it, also if the failures have ended. To be called with each tick, with no
 * failures if there are none. The outbox remembers each mail, so a restart repeats none.
 */
export function planErrorMails(
  failures: readonly Failure[],
  marks: Pick<Outbox, 'mark' | 'setMark' | 'notesBefore' | 'dropMarks'>,
  { now, hostname }: { readonly now: number; readonly hostname: string },
): readonly Notification[] {
  const mails = failures.flatMap(failure => {
    const name = `${PREFIX}${failure.fingerprint}`
    const mark = marks.mark(name)
    const merged = mark?.data === undefined ? failure : merge(JSON.parse(mark.data) as Failure, failure)
    // Neither a pause of the past nor one of a clock that was set back.
    const isPaused = mark !== undefined && Math.abs(now - mark.at) < PAUSE_MS
    marks.setMark(name, isPaused ? mark.at : now, isPaused ? JSON.stringify(merged) : undefined)
    return isPaused ? [] : [describe(merged, { now, hostname })]
  })
  const held = marks.notesBefore(PREFIX, now - PAUSE_MS).map(({ name, data }) => {
    marks.setMark(name, now)
    return describe(JSON.parse(data) as Failure, { now, hostname })
  })
  marks.dropMarks(PREFIX, now - FORGOTTEN_MS)
  return [...mails, ...held]
}

function merge(held: Failure, failure: Failure): Failure {
  return { ...failure, count: held.count + failure.count, firstAt: held.firstAt, first: held.first }
}

function describe(
  { fingerprint, code, message, module, count, firstAt, lastAt, first, last, before }: Failure,
  { now, hostname }: { readonly now: number; readonly hostname: string },
): Notification {
  return {
    id: `error-${fingerprint}-${now}`,
    kind: 'error',
    severity: 'warning',
    title: message,
    summary: count === 1 ? 'An error was logged' : `${count} errors of one kind were logged`,
    facts: [
      ['Server', hostname],
      ['Module', module],
      ...(code === undefined ? [] : [['Code', code] as const]),
      ['Errors', String(count)],
      ['First', new Date(firstAt).toISOString()],
      ['Last', new Date(lastAt).toISOString()],
    ],
    text: [
      'The first and the last line are below, with the lines before the last one. Further errors of this kind are mailed after an hour, in one mail.',
    ],
    lines: [...(first === last ? [] : [`First:`, first, '', 'Last, with the lines before it:']), ...before, last],
    links: [],
    createdAtMs: now,
  }
}
