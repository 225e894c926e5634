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

interface Context {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly hostname: string
}

/** A kind is mailed at most once in this time. */
const PAUSE_MS = 3_600_000

/** Mails of one reading. Further kinds share one mail: everything may fail at once. */
const MAX_MAILS = 10
/** Kinds that this mail names. */
const MAX_NAMED = 50

/** A kind that was not mailed in this time counts as new. Only bounds the table. */
const FORGOTTEN_MS = 30 * 86_400_000
const PREFIX = 'error '

/**
 * Returns mails about failures: for each kind the first one at once, and what follows in the next
 * hour as one mail after it, also if the failures have ended. More than ten kinds at once share one
 * mail. To be called with each tick, with no failures if there are none. The outbox remembers each
 * mail, so a restart repeats none.
 * @param context.omitted Errors that were counted without their kind. Default: 0.
 */
export function planErrorMails(
  failures: readonly Failure[],
  marks: Pick<Outbox, 'mark' | 'setMark' | 'notesBefore' | 'dropMarks'>,
  { now, hostname, omitted = 0 }: Context & { readonly omitted?: number },
): readonly Notification[] {
  const due = failures.flatMap(failure => {
    const name = `${PREFIX}${failure.fingerprint}`
    const mark = marks.mark(name)
    const merged = mark?.data === undefined ? failure : merge(JSON.parse(mark.data) as Failure, failure)
    // Neither a pause of the past nor one of a clock that was set back.
    const isPaused = mark !== undefined && Math.abs(now - mark.at) < PAUSE_MS
    marks.setMark(name, isPaused ? mark.at : now, isPaused ? JSON.stringify(merged) : undefined)
    return isPaused ? [] : [merged]
  })
  const held = marks.notesBefore(PREFIX, now - PAUSE_MS).map(({ name, data }) => {
    marks.setMark(name, now)
    return JSON.parse(data) as Failure
  })
  marks.dropMarks(PREFIX, now - FORGOTTEN_MS)
  const all = [...due, ...held]
  const rest = all.slice(MAX_MAILS)
  return [
    ...all.slice(0, MAX_MAILS).map(failure => describe(failure, { now, hostname })),
    ...(rest.length === 0 && omitted === 0 ? [] : [describeRest(rest, omitted, { now, hostname })]),
  ]
}

function merge(held: Failure, failure: Failure): Failure {
  return { ...failure, count: held.count + failure.count, firstAt: held.firstAt, first: held.first }
}

function describe(
  { fingerprint, code, message, module, count, firstAt, lastAt, first, last, before }: Failure,
  { now, hostname }: Context,
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

/** One mail about all kinds for which there is none of their own. */
function describeRest(rest: readonly Failure[], omitted: number, { now, hostname }: Context): Notification {
  const count = rest.reduce((sum, failure) => sum + failure.count, omitted)
  return {
    id: `errors-${now}`,
    kind: 'error',
    severity: 'warning',
    title: 'Many kinds of errors',
    summary: `${count} more errors of ${omitted > 0 ? 'more than ' : ''}${rest.length} kinds were logged`,
    facts: [
      ['Server', hostname],
      ['Errors', String(count)],
    ],
    text: ['Each of the first kinds has a mail of its own. `pellucid analyse errors --since 1h` lists the others.'],
    lines: rest.slice(0, MAX_NAMED).map(({ message, module, code, count }) => `${count} × [${module}] ${code ?? ''} ${message}`),
    links: [],
    createdAtMs: now,
  }
}
