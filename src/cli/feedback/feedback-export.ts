import type { StoredTurns } from '../../database/turn-store.ts'
import { type ExportedDocument, exportCollection, type JudgedTurn } from '../../evaluation/export.ts'
import type { DocumentStore } from '../../knowledge/document.ts'

export interface ExportDeps {
  readonly documents: Pick<DocumentStore, 'list' | 'find'>
  readonly turns: Pick<StoredTurns, 'judged' | 'list'>
  readonly stdout: NodeJS.WriteStream
}

/** Number of earlier turns exported with a question. */
const HISTORY_TURNS = 5
const PAGE_DOCUMENTS = 100

/** Runs `pellucid feedback export`; resolves to the exit code. */
export async function runExport(folder: string, { documents, turns, stdout }: ExportDeps): Promise<number> {
  const report = await exportCollection(folder, readDocuments(documents), readJudged(turns))
  stdout.write(
    `Exported ${report.queries} questions with ${report.judgements} judgements, ${report.unanswerable} unanswerable questions and ${report.documents} documents.\n`,
  )
  if (report.unjudged > 0)
    stdout.write(`${report.unjudged} of the questions have no known right document: evaluate leaves them out.\n`)
  return 0
}

async function* readDocuments(store: ExportDeps['documents']): AsyncGenerator<ExportedDocument> {
  for (let after: string | undefined; ; ) {
    const page = await store.list({ after, limit: PAGE_DOCUMENTS })
    for (const { id } of page) {
      const document = await store.find(id)
      if (document !== undefined) yield document
    }
    after = page.at(-1)?.id
    if (after === undefined) return
  }
}

async function* readJudged(turns: ExportDeps['turns']): AsyncGenerator<JudgedTurn> {
  for await (const turn of turns.judged()) {
    const before = await turns.list(turn.receipt.sessionId, { before: turn.seq, limit: HISTORY_TURNS })
    yield { turn, before: before.filter(({ message }) => message !== '').reverse() }
  }
}
