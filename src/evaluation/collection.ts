import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Static, Type } from '../base/json-schema.ts'
import { readJsonLines, readLines, refuseLine, refuseRepeatedIds } from './json-lines.ts'

const QuerySchema = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 512 }),
  text: Type.String({ maxLength: 100_000 }),
  /** Earlier messages and replies, oldest first. */
  history: Type.Optional(Type.Array(Type.Object({ role: Type.String(), text: Type.String({ maxLength: 100_000 }) }))),
  /** A good reply contains at least one of these texts. */
  answers: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
})
const DocumentSchema = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 512 }),
  title: Type.Optional(Type.String()),
  text: Type.String(),
})

export type Query = Readonly<Static<typeof QuerySchema>>
export type CollectionDocument = Readonly<Static<typeof DocumentSchema>>

/**
 * A test collection: documents, questions, and judgements of which document answers which question.
 */
export interface Collection {
  readonly documents: readonly CollectionDocument[]
  /** Queries with at least one judgement above 0. */
  readonly queries: readonly Query[]
  /** Grades by query and document: 0 is irrelevant, higher is better. */
  readonly judgements: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Unanswerable questions by the name of their file, such as `oos` (out of scope). */
  readonly unanswerable: ReadonlyMap<string, readonly Query[]>
  /** Number of queries left out, because they have no judgement above 0. */
  readonly unjudged: number
}

/** Names of the optional files with unanswerable questions. */
const UNANSWERABLE_FILES = ['oos', 'chitchat', 'no-knowledge-needed']
const JUDGEMENT = /^([^\t]+)\t([^\t]+)\t(-?\d+(?:\.\d+)?)$/

/**
 * Reads a collection into memory. Its folder holds `corpus.jsonl` {id, title?, text},
 * `queries.jsonl` {id, text, history?, answers?}, `qrels.tsv` (query, document and grade, separated
 * by tabs) and optional files of unanswerable questions, such as `oos.jsonl`.
 * @throws {ChatError} COLLECTION_UNREADABLE with file and line.
 */
export async function readCollection(folder: string): Promise<Collection> {
  const judgements = await readJudgements(join(folder, 'qrels.tsv'))
  const queries = await readQueries(join(folder, 'queries.jsonl'))
  const judged = queries.filter(({ id }) => [...(judgements.get(id)?.values() ?? [])].some(grade => grade > 0))
  const unanswerable = new Map<string, readonly Query[]>()
  for (const name of UNANSWERABLE_FILES) {
    const file = join(folder, `${name}.jsonl`)
    if (existsSync(file)) unanswerable.set(name, await readQueries(file))
  }
  // The last version of a document counts, as in the document store.
  const documents = await readJsonLines(join(folder, 'corpus.jsonl'), DocumentSchema, refuseTornId)
  return { documents, queries: judged, judgements, unanswerable, unjudged: queries.length - judged.length }
}

async function readJudgements(file: string): Promise<Map<string, Map<string, number>>> {
  const judgements = new Map<string, Map<string, number>>()
  for await (const { line, where } of readLines(file)) {
    const [, query, document, grade] =
      JUDGEMENT.exec(line) ?? refuseLine(where, 'It is not query, document and grade, separated by tabs')
    const ofQuery = judgements.get(query!) ?? new Map<string, number>()
    judgements.set(query!, ofQuery.set(document!, Number(grade)))
  }
  return judgements
}

function readQueries(file: string): Promise<Query[]> {
  const refuseRepeated = refuseRepeatedIds()
  return readJsonLines(file, QuerySchema, (query, where) => {
    refuseRepeated(query, where)
    refuseTornId(query, where)
  })
}

function refuseTornId({ id }: { readonly id: string }, where: string): void {
  if (/[\t\r\n]/.test(id)) refuseLine(where, 'The id has a tab or a line break, which no file of judgements or rankings can hold')
}
