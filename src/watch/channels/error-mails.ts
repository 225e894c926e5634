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
/** The mail of all further kinds. Outside of the prefix: it is not about one kind. */
const REST_MARK = 'errors_rest'

/** What the mail of all further kinds says. */
interface Rest {
  readonly errors: number
  readonly kinds: number
  /** Whether some errors were counted without their kind. */
  readonly hasMore: boolean
  /** Some of the kinds. */
  readonly lines: readonly string[]
}

type Marks = Pick<Outbox, 'mark' | 'setMark' | 'notesBefore' | 'dropMarks'>

/**
 * Returns mails about failures: for each kind the first one at once, and what follows in the next
 * hour as one mail after it, also if the failures have ended. More than ten kinds at once share one
 * mail, which has the same pause. To be called with each tick, with no failures if there are
 * none. The outbox remembers each mail, so a restart repeats none.
 * @param context.omitted Errors that were counted without their kind. Default: 0.
 */
export function planErrorMails(
  failures: readonly Failure[],
  marks: Marks,
  { now, hostname, omitted = 0 }: Context & { readonly omitted?: number },
): readonly Notification[] {
  const due = failures.flatMap(failure => {
    const name = `${PREFIX}${failure.fingerprint}`
    const mark = marks.mark(name)
    const merged = mark?.data === undefined ? failure : merge(JSON.parse(mark.data) as Failure, failure)
    const pausedAt = pauseOf(mark, now)
    marks.setMark(name, pausedAt ?? now, pausedAt === undefined ? undefined : JSON.stringify(merged))
    return pausedAt === undefined ? [merged] : []
  })
  const held = marks.notesBefore(PREFIX, now - PAUSE_MS).map(({ name, data }) => {
    marks.setMark(name, now)
    return JSON.parse(data) as Failure
  })
  marks.dropMarks(PREFIX, now - FORGOTTEN_MS)
  const all = [...due, ...held]
  return [
    ...all.slice(0, MAX_MAILS).map(failure => describe(failure, { now, hostname })),
    ...planRest(restOf(all.slice(MAX_MAILS), omitted), marks, { now, hostname }),
  ]
}

/**
 * When the last mail was, if the next one must wait: not for one of long ago, nor for one of a
 * clock that was set back.
 */
function pauseOf(mark: ReturnType<Outbox['mark']>, now: number): number | undefined {
  return mark !== undefined && Math.abs(now - mark.at) < PAUSE_MS ? mark.at : undefined
}

/** The mail about the rest, with what waited for it. None if there is no rest, or in its pause. */
function planRest(rest: Rest, marks: Marks, { now, hostname }: Context): readonly Notification[] {
  const mark = marks.mark(REST_MARK)
  const all = mark?.data === undefined ? rest : mergeRests(JSON.parse(mark.data) as Rest, rest)
  if (all.errors === 0) return []
  const pausedAt = pauseOf(mark, now)
  if (pausedAt === undefined) {
    marks.setMark(REST_MARK, now)
    return [describeRest(all, { now, hostname })]
  }
  if (rest.errors > 0) marks.setMark(REST_MARK, pausedAt, JSON.stringify(all))
  return []
}

function restOf(failures: readonly Failure[], omitted: number): Rest {
  return {
    errors: failures.reduce((sum, { count }) => sum + count, omitted),
    kinds: failures.length,
    hasMore: omitted > 0,
    lines: failures
      .slice(0, MAX_NAMED)
      .map(({ count, module, code, message }) =>
        [`${count} × [${module}]`, code, message].filter(part => part !== undefined).join(' '),
      ),
  }
}

function mergeRests(held: Rest, { errors, kinds, hasMore, lines }: Rest): Rest {
  return {
    errors: held.errors + errors,
    kinds: held.kinds + kinds,
    hasMore: held.hasMore || hasMore,
    lines: [...held.lines, ...lines].slice(0, MAX_NAMED),
  }
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
function describeRest({ errors, kinds, hasMore, lines }: Rest, { now, hostname }: Context): Notification {
  const ofKinds = kinds === 0 ? '' : ` of ${hasMore ? 'more than ' : ''}${kinds} kinds`
  return {
    id: `errors-${now}`,
    kind: 'error',
    severity: 'warning',
    title: 'Many kinds of errors',
    summary: errors === 1 ? 'One more error was logged' : `${errors} more errors${ofKinds} were logged`,
    facts: [
      ['Server', hostname],
      ['Errors', String(errors)],
    ],
    text: [
      'Each of the first kinds has a mail of its own. `pellucid analyse errors --since 1h` lists the others. Further ones are mailed after an hour, in one mail.',
    ],
    lines,
    links: [],
    createdAtMs: now,
  }
}
