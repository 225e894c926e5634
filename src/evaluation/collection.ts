import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Check } from 'typebox/value'
import { ChatError } from '../errors.ts'

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
  const queries = await readJsonLines(join(folder, 'queries.jsonl'), QuerySchema)
  const unanswerable = new Map<string, readonly Query[]>()
  for (const name of UNANSWERABLE_FILES) {
    const file = join(folder, `${name}.jsonl`)
    if (existsSync(file)) unanswerable.set(name, await readJsonLines(file, QuerySchema))
  }
  return {
    documents: await readJsonLines(join(folder, 'corpus.jsonl'), DocumentSchema),
    queries: queries.filter(({ id }) => [...(judgements.get(id)?.values() ?? [])].some(grade => grade > 0)),
    judgements,
    unanswerable,
  }
}

async function readJudgements(file: string): Promise<Map<string, Map<string, number>>> {
  const judgements = new Map<string, Map<string, number>>()
  for await (const { line, where } of readLines(file)) {
    const [, query, document, grade] =
      JUDGEMENT.exec(line) ?? fail(where, 'It is not query, document and grade, separated by tabs')
    const ofQuery = judgements.get(query!) ?? new Map<string, number>()
    judgements.set(query!, ofQuery.set(document!, Number(grade)))
  }
  return judgements
}

async function readJsonLines<Schema extends typeof QuerySchema | typeof DocumentSchema>(
  file: string,
  schema: Schema,
): Promise<Static<Schema>[]> {
  const values: Static<Schema>[] = []
  const ids = new Set<string>()
  for await (const { line, where } of readLines(file)) {
    const value = parse(line, where)
    if (!Check(schema, value)) return fail(where, 'It lacks a field, or one of them is of another type')
    const { id } = value
    // The last version of a document counts, as in the document store.
    if (schema === QuerySchema && ids.has(id)) fail(where, `The id ${id} is not unique. Give each query its own id.`)
    if (/[\t\r\n]/.test(id)) fail(where, 'The id has a tab or a line break, which no file of judgements or rankings can hold')
    ids.add(id)
    values.push(value)
  }
  return values
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return fail(where, 'It is not JSON')
  }
}

/** Reads the non-empty lines of a file, each with its location. */
async function* readLines(file: string): AsyncGenerator<{ readonly line: string; readonly where: string }> {
  const handle = await open(file).catch(() => fail(file, 'There is no such file'))
  let number = 0
  for await (const line of handle.readLines()) {
    number++
    if (line.trim() !== '') yield { line: line.replace(/\r$/, ''), where: `${file}:${number}` }
  }
}

function fail(where: string, problem: string): never {
  throw new ChatError('COLLECTION_UNREADABLE', { message: `${where}: ${problem}` })
}
