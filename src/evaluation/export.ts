import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Turn } from '../chat/turn.ts'
import { ChatError, errnoOf } from '../errors.ts'

/** The exported fields of a document. */
export interface ExportedDocument {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly url?: string
}

/** A judged turn, with the earlier turns of its session, oldest first. */
export interface JudgedTurn {
  readonly turn: Turn
  readonly before: readonly Turn[]
}

/** Number of lines written. */
export interface ExportReport {
  readonly documents: number
  readonly queries: number
  readonly judgements: number
  /** Fallbacks judged as correct: unanswerable questions. */
  readonly unanswerable: number
  /** Questions that no document is known to answer. `evaluate` leaves them out. */
  readonly unjudged: number
}

/**
 * Writes judged turns as a collection for `evaluate`: documents, questions with their history, and
 * judgements. A quoted document is judged 1 if the answer is right and 0 if it is wrong. A document
 * that the user named is judged 1. The files hold unredacted messages and are readable only by
 * their owner.
 * @throws {ChatError} COLLECTION_UNREADABLE if the folder is not writable or already has a
 * collection.
 */
export async function exportCollection(
  folder: string,
  documents: AsyncIterable<ExportedDocument>,
  judged: AsyncIterable<JudgedTurn>,
): Promise<ExportReport> {
  const idByAddress = new Map<string, string>()
  const ids = new Set<string>()
  const report = { documents: 0, queries: 0, judgements: 0, unanswerable: 0, unjudged: 0 }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await write(join(folder, 'corpus.jsonl'), async function* () {
      for await (const { id, title, text, url } of documents) {
        idByAddress.set(url ?? id, id)
        ids.add(id)
        report.documents++
        yield json({ id, title, text })
      }
    })
    const judgements: string[] = []
    const refused: string[] = []
    await write(join(folder, 'queries.jsonl'), async function* () {
      for await (const { turn, before } of judged) {
        const query = json({
          id: turn.receipt.turnId,
          text: turn.message,
          ...(before.length > 0 && { history: before.flatMap(say) }),
        })
        if (turn.receipt.kind === 'fallback' && turn.feedback?.correct) {
          refused.push(query)
          continue
        }
        const grades = gradesOf(turn, ids, idByAddress)
        for (const [id, grade] of grades) judgements.push(`${turn.receipt.turnId}\t${id}\t${grade}\n`)
        if (![...grades.values()].includes(1)) report.unjudged++
        report.queries++
        yield query
      }
    })
    await write(join(folder, 'qrels.tsv'), () => judgements)
    await write(join(folder, 'oos.jsonl'), () => refused)
    return { ...report, judgements: judgements.length, unanswerable: refused.length }
  } catch (cause) {
    if (cause instanceof ChatError || errnoOf(cause) === undefined) throw cause
    const exists = errnoOf(cause) === 'EEXIST'
    throw new ChatError('COLLECTION_UNREADABLE', {
      message: exists ? `${folder} already contains a collection. Choose another folder.` : `${folder} is not writable.`,
      cause,
    })
  }
}

/** The grades of the documents that still exist. */
function gradesOf(
  { receipt, workings, feedback }: Turn,
  ids: ReadonlySet<string>,
  idByAddress: ReadonlyMap<string, string>,
): ReadonlyMap<string, 0 | 1> {
  const quoted = workings?.candidates.filter(({ quoted }) => quoted) ?? []
  // Turns of older versions do not say what is quoted.
  const judged = quoted.length > 0 ? quoted : receipt.sources
  const found = judged.map(({ location }) => idByAddress.get(location) ?? idByAddress.get(location.replace(/#[^#]*$/, '')))
  const grades = new Map<string, 0 | 1>()
  for (const id of found) if (id !== undefined) grades.set(id, feedback?.correct ? 1 : 0)
  const named = feedback?.documentId
  if (named !== undefined && ids.has(named)) grades.set(named, 1)
  return grades
}

function say({ message, receipt }: Turn): readonly object[] {
  return [
    { role: 'user', text: message },
    { role: 'assistant', text: receipt.response },
  ]
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`
}

async function write(file: string, lines: () => AsyncIterable<string> | Iterable<string>): Promise<void> {
  const stream: WriteStream = createWriteStream(file, { flags: 'wx', mode: 0o600 })
  await pipeline(lines, stream)
}
