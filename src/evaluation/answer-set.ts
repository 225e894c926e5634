import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Static, Type } from '../base/json-schema.ts'
import { readJsonLines, refuseLine, refuseRepeatedIds } from './json-lines.ts'

const Message = Type.String({ minLength: 1, maxLength: 100_000 })
const Id = Type.String({ minLength: 1, maxLength: 512 })
const AnsweredSchema = Type.Object({
  id: Id,
  question: Message,
  /** A right reply contains one text of each list. */
  answer: Type.Array(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }), { minItems: 1 }),
  /** Earlier messages of the user, oldest first. */
  history: Type.Optional(Type.Array(Message, { maxItems: 100 })),
})
const UnanswerableSchema = Type.Object({ id: Id, question: Message })
const PhrasingSchema = Type.Object({
  /** The name of the form, such as `how do I`. */
  phrasing: Type.String({ minLength: 1, maxLength: 100 }),
  question: Message,
  /** A regular expression for the location of a right source. */
  page: Type.String({ minLength: 1, maxLength: 1000 }),
})

export type AnsweredQuestion = Readonly<Static<typeof AnsweredSchema>>

/** One task, asked in one of several forms. */
export interface Phrasing {
  readonly phrasing: string
  readonly question: string
  /** Matches the location of a right source. */
  readonly page: RegExp
}

/** Questions about the files in a folder, with texts that a right reply contains. */
export interface AnswerSet {
  /** The folder of the documents, in any format that `pellucid ingest` reads. */
  readonly docs: string
  readonly questions: readonly AnsweredQuestion[]
  readonly outOfScope: readonly Readonly<Static<typeof UnanswerableSchema>>[]
  readonly phrasings: readonly Phrasing[]
}

const QUESTIONS = 'questions.jsonl'
const PHRASINGS = 'phrasings.jsonl'

/** Returns whether a folder holds an answer set, and not a judged collection. */
export function holdsAnswerSet(folder: string): boolean {
  return [QUESTIONS, PHRASINGS].some(file => existsSync(join(folder, file)))
}

/**
 * Reads an answer set: `docs/`, and any of `questions.jsonl`, `oos.jsonl` and `phrasings.jsonl`.
 * @throws {ChatError} COLLECTION_UNREADABLE with file and line.
 */
export async function readAnswerSet(folder: string): Promise<AnswerSet> {
  const docs = join(folder, 'docs')
  if (!existsSync(docs)) return refuseLine(docs, 'There is no such folder. It holds the documents of the questions')
  const find = (name: string) => [join(folder, name)].filter(file => existsSync(file))
  const read = async <T>(name: string, readFile: (file: string) => Promise<T[]>) =>
    (await Promise.all(find(name).map(readFile))).flat()
  return {
    docs,
    questions: await read(QUESTIONS, file => readJsonLines(file, AnsweredSchema, refuseRepeatedIds())),
    outOfScope: await read('oos.jsonl', file => readJsonLines(file, UnanswerableSchema, refuseRepeatedIds())),
    phrasings: await read(PHRASINGS, readPhrasings),
  }
}

async function readPhrasings(file: string): Promise<Phrasing[]> {
  const phrasings: Phrasing[] = []
  await readJsonLines(file, PhrasingSchema, ({ phrasing, question, page }, where) => {
    phrasings.push({ phrasing, question, page: compile(page, where) })
  })
  return phrasings
}

function compile(pattern: string, where: string): RegExp {
  try {
    return new RegExp(pattern)
  } catch {
    return refuseLine(where, `${pattern} is not a regular expression`)
  }
}
