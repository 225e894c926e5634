import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Turn } from '../chat/turn.ts'
import { ChatError, errnoOf } from '../errors.ts'

/** A document as it is stored, of which an export takes this much. */
export interface ExportedDocument {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly url?: string
}

/** A turn that its user has judged, and what was said before it in its session, oldest first. */
export interface JudgedTurn {
  readonly turn: Turn
  readonly before: readonly Turn[]
}

/** What was written, in lines. */
export interface ExportReport {
  readonly documents: number
  readonly queries: number
  readonly judgements: number
  /** Refusals that were judged right: questions that must not be answered. */
  readonly unanswerable: number
  /** Questions left out, because nobody has said which document would have been right. */
  readonly unjudged: number
}

/**
 * Writes what users have judged as a collection that `evaluate` reads: the documents, the questions that were answered right with what was said before
 * them and the sources of the answer, and as `oos.jsonl` what was rightly refused. What was answered wrongly is left out, for a question without
 * any right document cannot be measured. The files hold what people wrote, as they wrote it, and are readable to their owner alone.
 * @throws {ChatError} COLLECTION_UNREADABLE where the folder cannot be written, or has a collection already.
 */
export async function exportCollection(
  folder: string,
  documents: AsyncIterable<ExportedDocument>,
  judged: AsyncIterable<JudgedTurn>,
): Promise<ExportReport> {
  const idByAddress = new Map<string, string>()
  const report = { documents: 0, queries: 0, judgements: 0, unanswerable: 0, unjudged: 0 }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await write(join(folder, 'corpus.jsonl'), async function* () {
      for await (const { id, title, text, url } of documents) {
        idByAddress.set(url ?? id, id)
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
        const found = sourcesOf(turn, idByAddress)
        const isRefused = turn.receipt.kind === 'fallback'
        if (isRefused && turn.feedback?.correct) refused.push(query)
        else if (found.length === 0 || !turn.feedback?.correct) report.unjudged++
        if (isRefused || found.length === 0 || !turn.feedback?.correct) continue
        for (const id of found) judgements.push(`${turn.receipt.turnId}\t${id}\t1\n`)
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
      message: exists ? `${folder} has a collection already` : `${folder} cannot be written`,
      cause,
    })
  }
}

/** Each document that the reply names once. */
function sourcesOf({ receipt }: Turn, idByAddress: ReadonlyMap<string, string>): readonly string[] {
  const ids = receipt.sources.map(({ location }) => idByAddress.get(location) ?? idByAddress.get(location.replace(/#[^#]*$/, '')))
  return [...new Set(ids.filter(id => id !== undefined))]
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
