import { type FailureGroup, findFailures } from '../../logging/reading/failures.ts'
import { listLogFiles } from '../../logging/reading/file-list.ts'
import { TEXT_FIELDS } from '../../logging/record/message-content.ts'
import { type LogRecord, renderText } from '../../logging/record/text-format.ts'
import { createFingerprints } from '../analysis/errors/fingerprints.ts'
import { type Failure, planErrorMails } from '../channels/error-mails.ts'
import type { Notification } from '../channels/notification.ts'
import type { Outbox } from '../channels/outbox.ts'

/** How long the log needs to write a line that a metric has counted. */
const LOG_DELAY_MS = 2000
/** A clock that was set back by more must not hold the mails up until it has caught up. */
const MAX_STEP_BACK_MS = 3_600_000

export interface ErrorReaderOptions {
  readonly logDir: string
  readonly hostname: string
  readonly outbox: Outbox
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Reads the errors of the log, each once, and returns the mails about them that are due. */
export function createErrorReader({ logDir, hostname, outbox, now }: ErrorReaderOptions) {
  const kinds = createFingerprints()
  const fingerprintOf = (record: LogRecord) => kinds.assign(record).id

  async function read(since: number, until: number): ReturnType<typeof findFailures> {
    // Most of the time there is nothing new.
    if (listLogFiles(logDir, ['error']).every(({ modifiedAt }) => modifiedAt < since)) return { groups: [], omitted: 0 }
    return findFailures(logDir, { since: since + 1, until }, { onProblem() {} }, fingerprintOf)
  }

  return {
    /** @param enqueue Stores the mails, before the errors count as read. */
    async mailNew(isEnabled: boolean, enqueue: (mail: Notification) => void): Promise<void> {
      const since = outbox.mark('errors_read')?.at
      const until = now() - LOG_DELAY_MS
      if (!isEnabled || since === undefined) return outbox.setMark('errors_read', until)
      if (until <= since) return since - until > MAX_STEP_BACK_MS ? outbox.setMark('errors_read', until) : undefined
      const { groups, omitted } = await read(since, until)
      for (const mail of planErrorMails(groups.map(toFailure), outbox, { now: now(), hostname, omitted })) enqueue(mail)
      // Afterwards: lines that could not be read are read again.
      outbox.setMark('errors_read', until)
    },
  }
}

function toFailure({ fingerprint, module, message, count, firstAt, lastAt, first, example, before }: FailureGroup): Failure {
  const show = ({ record, text }: typeof example) => (record === undefined ? text : renderText(withoutTexts(record)))
  const code = example.record?.code
  return {
    fingerprint,
    code: typeof code === 'string' ? code : undefined,
    message,
    module,
    count,
    firstAt,
    lastAt,
    first: show(first),
    last: show(example),
    before: before.map(show),
  }
}

/** Mails leave the server: what users wrote, and were answered, stays in its log. */
function withoutTexts(record: LogRecord): LogRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !TEXT_FIELDS.some(field => field === name)))
}
