import { type AuditLine, readAuditLines } from './audit-files.ts'
import { type AuditLink, type AuditRecord, CHAIN_START, parseAuditRecord } from './audit-record.ts'

/** The first problem of a trail. */
export interface AuditProblem {
  readonly kind: 'changed' | 'deleted' | 'reordered' | 'repeated' | 'added' | 'cut off' | 'unreadable'
  /** The affected record. */
  readonly seq: number
  /** Where the problem was found. */
  readonly file: string
  readonly line: number
  readonly explanation: string
}

export interface AuditVerification {
  /** Number of intact records up to the first problem. */
  readonly records: number
  /** Times of the first and the last of them; undefined without records. */
  readonly first: string | undefined
  readonly last: string | undefined
  readonly head: AuditLink
  readonly problem: AuditProblem | undefined
}

export interface VerificationOptions {
  /** Whether a running server may append records meanwhile. They are checked up to the first. */
  readonly mayGrow?: boolean
}

/** An intact record and its position. */
interface Placed {
  readonly record: AuditRecord
  readonly place: Pick<AuditLine, 'file' | 'line'>
}

/**
 * Verifies that a trail holds every record up to `head`, unchanged and in order. `head` comes from
 * the head database. Records after it are problems unless the trail may grow. A trail may begin
 * later than record 1, but not after the beginning that one of its records names: retention writes
 * it before it deletes files. Reads all files once, twice if the trail begins later; memory is
 * bounded.
 */
export async function verifyAuditTrail(
  dir: string,
  head: AuditLink,
  { mayGrow = true }: VerificationOptions = {},
): Promise<AuditVerification> {
  let records = 0
  let first: Placed | undefined
  let last: Placed | undefined
  /** The first record not found in its place. A later line may show that it was moved. */
  let missing: AuditProblem | undefined

  async function findProblem(): Promise<AuditProblem | undefined> {
    for await (const place of readAuditLines(dir)) {
      const record = place.ended ? parseAuditRecord(place.text) : undefined
      if (missing !== undefined) {
        missing = reconsider(missing, record)
        continue
      }
      if (first !== undefined && record !== undefined && record.seq < first.record.seq) {
        missing = misplaced(record.seq, first.place)
        continue
      }
      if (last?.record.seq === head.seq)
        return judgeEnd(last, head) ?? (mayGrow ? judgeBeyond(last, record, place) : judgeAdded(last, place))
      const found = judge(last, record, place)
      if (found?.kind === 'deleted') missing = found
      else if (found !== undefined) return found
      else if (record !== undefined) {
        records++
        last = { record, place }
        first ??= last
      }
    }
    return missing ?? judgeEnd(last, head)
  }

  const found = await findProblem().catch((error: Error) =>
    problem('unreadable', (last?.record.seq ?? 0) + 1, behind(last), error.message),
  )
  // A record found further down is not missing at the beginning.
  const isMovedOnly = first !== undefined && found?.kind === 'reordered' && found.seq < first.record.seq
  const beginning = first === undefined || isMovedOnly ? undefined : await judgeBeginning(dir, first)
  return {
    records,
    first: first?.record.time,
    last: last?.record.time,
    head,
    problem: beginning ?? found,
  }
}

/** Checks the beginning. Its problem is reported before any other. */
async function judgeBeginning(dir: string, { record: { seq }, place }: Placed): Promise<AuditProblem | undefined> {
  if (seq === 1) return undefined
  try {
    for await (const { text, ended } of readAuditLines(dir)) {
      const record = ended ? parseAuditRecord(text) : undefined
      // Early versions named the beginning in the record of the run, after it.
      const isNaming = record?.event === 'trail_shortened' || record?.event === 'retention_run'
      if (isNaming && Number(record.audit_from_seq) >= seq) return undefined
    }
  } catch {
    // The first pass has reported the unreadable file.
  }
  return problem('deleted', 1, place, `the records before ${seq} are missing, and no record says that retention deleted them`)
}

/** Checks a line as the one after a record. */
function judge(last: Placed | undefined, record: AuditRecord | undefined, line: AuditLine): AuditProblem | undefined {
  const { seq, hash } = last?.record ?? CHAIN_START
  const expected = seq + 1
  if (!line.ended) return problem('cut off', expected, line, `the file ends inside record ${expected}, or before its line break`)
  if (record === undefined) return problem('changed', expected, line, `this line is not record ${expected} as written`)
  if (record.seq <= seq)
    return problem('repeated', record.seq, line, `record ${record.seq} occurs here again, or another with its number`)
  const isBroken = record.event === 'trail_broken'
  if (isBroken) return problem('cut off', expected, line, `damage found by the server: ${record.problem}`)
  // A later record decides whether the trail may begin here.
  if (last === undefined && record.seq > 1) return undefined
  if (record.seq > expected)
    return problem('deleted', expected, line, `record ${expected} is missing; record ${record.seq} follows`)
  if (record.previous === hash) return undefined
  return problem(
    'changed',
    Math.max(1, seq),
    last?.place ?? line,
    `record ${expected} was written after a different record ${seq}`,
  )
}

/**
 * Updates a missing record by a later line: the record, or an earlier one, may have been moved
 * there.
 */
function reconsider(missing: AuditProblem, record: AuditRecord | undefined): AuditProblem {
  if (record === undefined || record.seq > missing.seq) return missing
  return missing.kind === 'reordered' || record.seq === missing.seq ? misplaced(record.seq, missing) : missing
}

function misplaced(seq: number, place: Placed['place']): AuditProblem {
  return problem('reordered', seq, place, `record ${seq} occurs further down`)
}

/** Checks the record after the head, which a running server may have written. */
function judgeBeyond(last: Placed, record: AuditRecord | undefined, line: AuditLine): AuditProblem | undefined {
  return line.ended ? judge(last, record, line) : undefined
}

function judgeAdded({ record: { seq } }: Placed, line: AuditLine): AuditProblem {
  return problem('added', seq + 1, line, `the head in DATA_DIR ends at record ${seq}`)
}

function judgeEnd(last: Placed | undefined, head: AuditLink): AuditProblem | undefined {
  const { seq, hash } = last?.record ?? CHAIN_START
  if (seq < head.seq)
    return problem('cut off', seq + 1, behind(last), `the trail ends here, but ${head.seq} records were written`)
  if (hash === head.hash) return undefined
  return problem('changed', seq, last?.place, `this line is not record ${seq} as written`)
}

function behind(last: Placed | undefined): Placed['place'] | undefined {
  return last && { file: last.place.file, line: last.place.line + 1 }
}

function problem(kind: AuditProblem['kind'], seq: number, place: Placed['place'] | undefined, explanation: string): AuditProblem {
  const { file, line } = place ?? { file: 'audit', line: 0 }
  return { kind, seq, file, line, explanation }
}
