import { type AuditLine, readAuditLines } from './audit-files.ts'
import { type AuditLink, type AuditRecord, CHAIN_START, parseAuditRecord } from './audit-record.ts'

/** The first thing that is wrong with a trail. */
export interface AuditProblem {
  readonly kind: 'changed' | 'deleted' | 'reordered' | 'repeated' | 'cut off' | 'unreadable'
  /** The record that it happened to. */
  readonly seq: number
  /** Where it shows. */
  readonly file: string
  readonly line: number
  readonly explanation: string
}

export interface AuditVerification {
  /** Records that are as they were written, up to the first problem. */
  readonly records: number
  /** Times of the first and the last of them; undefined where there are none. */
  readonly first: string | undefined
  readonly last: string | undefined
  readonly head: AuditLink
  readonly problem: AuditProblem | undefined
}

/** A record that is as it was written, and where it stands. */
interface Placed {
  readonly record: AuditRecord
  readonly place: Pick<AuditLine, 'file' | 'line'>
}

/**
 * Verifies a trail up to the record that is known, from elsewhere, to be its last: every record is as it was written, every one is there, in order.
 * What a server adds behind it meanwhile is left for the next time. A trail may begin later than with record 1 where a record of it says that retention
 * took the files before. Reads every file once, and again where the trail begins later than that; memory is bounded.
 */
export async function verifyAuditTrail(dir: string, head: AuditLink): Promise<AuditVerification> {
  let records = 0
  let first: Placed | undefined
  let last: Placed | undefined
  /** The first record that is not where it should be; how it fares is known only when all lines have been seen. */
  let missing: AuditProblem | undefined

  async function findProblem(): Promise<AuditProblem | undefined> {
    for await (const place of readAuditLines(dir)) {
      const record = place.ended ? parseAuditRecord(place.text) : undefined
      if (missing !== undefined) {
        missing = withSight(missing, record)
        continue
      }
      if (first !== undefined && record !== undefined && record.seq < first.record.seq) {
        missing = misplaced(record.seq, first.place)
        continue
      }
      if (last?.record.seq === head.seq) return judgeEnd(last, head) ?? judgeBeyond(last, record, place)
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

  const found = await findProblem().catch((error: Error) => problem('unreadable', after(last), behind(last), error.message))
  // What stands further down is not missing at the beginning.
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

/** Whatever else is wrong: what is missing at the beginning comes first. */
async function judgeBeginning(dir: string, { record: { seq }, place }: Placed): Promise<AuditProblem | undefined> {
  if (seq === 1) return undefined
  try {
    for await (const { text, ended } of readAuditLines(dir)) {
      const record = ended ? parseAuditRecord(text) : undefined
      if (record?.event === 'retention_run' && record.audit_from_seq === seq) return undefined
    }
  } catch {
    // A file that cannot be read accounts for nothing; the first pass has named it.
  }
  return problem('deleted', 1, place, `what comes before record ${seq} is gone, and not by retention`)
}

/** What is wrong with a line as the one that follows a record. */
function judge(last: Placed | undefined, record: AuditRecord | undefined, line: AuditLine): AuditProblem | undefined {
  const { seq, hash } = last?.record ?? CHAIN_START
  const expected = seq + 1
  if (!line.ended) return problem('cut off', expected, line, `the file ends within record ${expected}, or right behind it`)
  if (record === undefined) return problem('changed', expected, line, `this is not record ${expected} as it was written`)
  if (record.seq <= seq)
    return problem('repeated', record.seq, line, `record ${record.seq} stands here again, or another in its place`)
  const isBroken = record.event === 'trail_broken'
  if (isBroken) return problem('cut off', expected, line, `the service found here that ${record.problem}`)
  // Whether a trail may begin here is seen only further down.
  if (last === undefined && record.seq > 1) return undefined
  if (record.seq > expected)
    return problem('deleted', expected, line, `record ${expected} is missing; ${record.seq} stands in its place`)
  if (record.previous === hash) return undefined
  return problem('changed', Math.max(1, seq), last?.place ?? line, `record ${expected} was written after another record ${seq}`)
}

/** What is known of a missing record once a further one was seen: it may have been moved, and an earlier one with it. */
function withSight(missing: AuditProblem, record: AuditRecord | undefined): AuditProblem {
  if (record === undefined || record.seq > missing.seq) return missing
  return missing.kind === 'reordered' || record.seq === missing.seq ? misplaced(record.seq, missing) : missing
}

function misplaced(seq: number, place: Placed['place']): AuditProblem {
  return problem('reordered', seq, place, `record ${seq} stands further down`)
}

/** Behind the head there may be what a server writes at this moment, and nothing else. */
function judgeBeyond(last: Placed, record: AuditRecord | undefined, line: AuditLine): AuditProblem | undefined {
  return line.ended ? judge(last, record, line) : undefined
}

function judgeEnd(last: Placed | undefined, head: AuditLink): AuditProblem | undefined {
  const { seq, hash } = last?.record ?? CHAIN_START
  if (seq < head.seq) return problem('cut off', seq + 1, behind(last), `the trail ends here; ${head.seq} records were written`)
  if (hash === head.hash) return undefined
  return problem('changed', seq, last?.place, `this is not record ${seq} as it was written`)
}

function after(last: Placed | undefined): number {
  return (last?.record.seq ?? 0) + 1
}

function behind(last: Placed | undefined): Placed['place'] | undefined {
  return last && { file: last.place.file, line: last.place.line + 1 }
}

function problem(kind: AuditProblem['kind'], seq: number, place: Placed['place'] | undefined, explanation: string): AuditProblem {
  const { file, line } = place ?? { file: 'audit', line: 0 }
  return { kind, seq, file, line, explanation }
}
