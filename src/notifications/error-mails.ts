import type { Notification } from './notification.ts'
import type { Outbox } from './outbox.ts'

/** Failures of one kind in the log, of the time since it was last read. */
export interface Failure {
  readonly fingerprint: string
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

/** What was not mailed yet, because the kind was mailed less than an hour ago. */
interface Held {
  readonly count: number
  readonly firstAt: number
}

/**
 * Returns mails about failures: for each kind the first one at once, and what follows in the next
 * hour as one mail after it. The outbox remembers each mail, so a restart repeats none.
 */
export function planErrorMails(
  failures: readonly Failure[],
  marks: Pick<Outbox, 'mark' | 'setMark'>,
  { now, hostname }: { readonly now: number; readonly hostname: string },
): readonly Notification[] {
  return failures.flatMap(failure => {
    const name = `error ${failure.fingerprint}`
    const mark = marks.mark(name)
    const held = mark?.data === undefined ? { count: 0, firstAt: failure.firstAt } : (JSON.parse(mark.data) as Held)
    const count = held.count + failure.count
    const firstAt = held.count > 0 ? held.firstAt : failure.firstAt
    if (mark !== undefined && now - mark.at < PAUSE_MS) {
      marks.setMark(name, mark.at, JSON.stringify({ count, firstAt } satisfies Held))
      return []
    }
    marks.setMark(name, now)
    return describe(failure, { count, firstAt, now, hostname })
  })
}

function describe(
  { fingerprint, message, module, lastAt, first, last, before }: Failure,
  {
    count,
    firstAt,
    now,
    hostname,
  }: { readonly count: number; readonly firstAt: number; readonly now: number; readonly hostname: string },
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
