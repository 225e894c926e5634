/**
 * Measures the processor time of an answer by language and by length of the question: from the
 * message to the reply, on the main thread, without HTTP and database.
 *
 *   node bench/languages.ts [--rounds N] [--questions N] FOLDER
 *
 * FOLDER has the collections xquad-en, xquad-de, xquad-ar and xquad-zh, as far as there are any;
 * the documents of other languages are generated, as many. `--questions` is their number for each
 * length. A long question is several joined and cut. Languages take turns within a run.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createTrialService, type TrialService } from '../src/cli/trial-service.ts'
import { readCollection } from '../src/evaluation/collection.ts'
import { percentile } from './harness/statistics.ts'
import { printTable } from './harness/table.ts'
import { generateCollection, SENTENCES } from './languages/generated-collection.ts'

/** The first is the reference. */
const COLLECTIONS = { English: 'xquad-en', German: 'xquad-de', Arabic: 'xquad-ar', Chinese: 'xquad-zh' }
/** Lengths in characters; the last is the longest message. Undefined keeps a question as it is. */
const LENGTHS = [undefined, 5, 20, 50, 100, 200, 500, 1000, 2000, 4000, 8000]

interface Language {
  readonly name: string
  readonly service: TrialService
  readonly questions: readonly string[]
  /** Milliseconds by length. */
  readonly times: ReadonlyMap<number | undefined, number[]>
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, questions: { type: 'string', default: '40' } },
})
const [folder = ''] = positionals
const count = Number(values.questions)
if (!existsSync(join(folder, COLLECTIONS.English, 'qrels.tsv')))
  throw new Error('usage: node bench/languages.ts [--rounds N] [--questions N] FOLDER, with a collection xquad-en')

const languages: Language[] = []
for (const [name, collection] of Object.entries(COLLECTIONS)) {
  if (!existsSync(join(folder, collection, 'qrels.tsv'))) continue
  const { documents, queries } = await readCollection(join(folder, collection))
  languages.push(
    await prepare(
      name,
      documents,
      queries.map(({ text }) => text),
    ),
  )
}
for (const [name, sentences] of Object.entries(SENTENCES)) {
  const { documents, questions } = generateCollection(sentences)
  languages.push(await prepare(name, documents, questions))
}
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const language of languages)
    for (const length of LENGTHS) {
      const times = await ask(language, length)
      // The first round is a warm-up.
      if (round > 0) language.times.get(length)!.push(...times)
    }
}
print('p50', 0.5)
print('p99', 0.99)

async function prepare(
  name: string,
  documents: Parameters<typeof createTrialService>[0],
  questions: readonly string[],
): Promise<Language> {
  const service = await createTrialService(documents, { threshold: 0.4, clock: processorMs })
  return { name, service, questions, times: new Map(LENGTHS.map(length => [length, []])) }
}

/** Asks questions of one length and returns the processor time of each. */
async function ask({ service, questions }: Language, length: number | undefined): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const { tookMs } = await service.converse([cut(questions, Math.floor((i * questions.length) / count), length)])
    // Small talk needs no search.
    if (tookMs > 0) times.push(tookMs)
  }
  return times
}

/** Joins questions from this one on until they have the length, and cuts the rest. */
function cut(questions: readonly string[], from: number, length: number | undefined): string {
  let text = questions[from]!
  if (length === undefined) return text
  for (let i = from + 1; text.length < length; i++) text += ` ${questions[i % questions.length]}`
  return text.slice(0, length).toWellFormed()
}

/** The processor time of this thread. Other programs change it less than the clock. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Prints a percentile by length and language, each with its ratio to the first language. */
function print(name: string, share: number): void {
  printTable(
    [`${name} ms`, ...languages.map(language => language.name)],
    LENGTHS.map(length => {
      const found = languages.map(({ times }) => percentile(times.get(length)!, share))
      const cells = found.map((ms, i) => (i === 0 ? ms.toFixed(2) : `${ms.toFixed(2)} (× ${(ms / found[0]!).toFixed(1)})`))
      return [length === undefined ? 'own questions' : `${length} characters`, ...cells]
    }),
  )
}
