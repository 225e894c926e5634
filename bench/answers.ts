import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createAnswerer, type RatedPassages } from '../src/answering/answerer.ts'
import { createTrialService } from '../src/cli/trial-service.ts'
import { type Collection, type Query, readCollection } from '../src/evaluation/collection.ts'
import { type Evaluation, evaluate } from '../src/evaluation/evaluation.ts'
import { abstentionCurve, areaUnderCurve } from '../src/evaluation/measures.ts'
import { loadTexts } from '../src/wording/texts-loader.ts'

/*
 * node bench/answers.ts [--threshold T] FOLDER
 *
 * Measures abstention, answers of about 800 characters, follow-up questions and the cost of
 * composing answers over the collections below, as far as FOLDER contains them. Collections with
 * answers are also measured without the paragraphs of every other question.
 */

const WITH_UNANSWERABLE = ['rasa-sara', 'hint3-curekart', 'hint3-sofmattress', 'dstc10-dev']
const WITH_ANSWERS = ['xquad-en', 'xquad-de', 'xquad-zh', 'xquad-ar']
const WITH_HISTORY = 'dstc10-dev'
const SELF_CONTAINED = ['xquad-en', 'covidfaq']
const CURVE_THRESHOLDS = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
const BINS = 5

const { values, positionals } = parseArgs({ allowPositionals: true, options: { threshold: { type: 'string', default: '0.4' } } })
const [folder] = positionals
const threshold = Number(values.threshold)
if (folder === undefined || !(threshold >= 0 && threshold <= 1)) {
  console.error('usage: node bench/answers.ts [--threshold T] FOLDER')
  process.exit(2)
}
const has = (name: string) => existsSync(join(folder, name, 'qrels.tsv'))
const read = (name: string) => readCollection(join(folder, name))

const answerable: number[] = []
const unanswerable: number[] = []
console.log('Abstention\n\n| collection | unanswerable questions | AUROC |\n|---|---|---|')
for (const name of WITH_UNANSWERABLE.filter(has)) {
  const collection = await read(name)
  const can = await confidences(collection, collection.queries)
  for (const [kind, queries] of collection.unanswerable) {
    const cannot = await confidences(collection, queries)
    console.log(`| ${name} | ${kind} (${queries.length}) | ${areaUnderCurve(can, cannot).toFixed(3)} |`)
    if (kind !== 'oos') continue
    answerable.push(...can)
    unanswerable.push(...cannot)
  }
}
for (const name of WITH_ANSWERS.filter(has)) {
  const { kept, can, cannot } = leaveOutHalf(await read(name))
  const auroc = areaUnderCurve(await confidences(kept, can), await confidences(kept, cannot))
  console.log(`| ${name}, every other paragraph removed | ${cannot.length} | ${auroc.toFixed(3)} |`)
}
printCurve()
printCalibration()

console.log('\nAnswers of about 800 characters\n\n| collection | contain the answer | mean characters |\n|---|---|---|')
for (const name of WITH_ANSWERS.filter(has)) {
  const { replies } = await run(await read(name))
  console.log(`| ${name} | ${(replies.right / replies.with_known_answer).toFixed(3)} | ${replies.mean_chars.toFixed(0)} |`)
}

console.log('\nFollow-up questions, nDCG@10\n\n| collection | alone | with history |\n|---|---|---|')
if (has(WITH_HISTORY)) {
  const collection = await read(WITH_HISTORY)
  console.log(`| ${WITH_HISTORY} | ${ndcg(await run(withoutHistory(collection)))} | ${ndcg(await run(collection))} |`)
}
for (const name of SELF_CONTAINED.filter(has)) {
  const collection = await read(name)
  const ndcgAlone = ndcg(await run(withForeignHistory(collection)))
  console.log(`| ${name}, after unrelated questions | ${ndcg(await run(collection))} | ${ndcgAlone} |`)
  const joined = { ...collection, queries: collection.queries.map(query => ({ ...query, text: `And ${query.text}` })) }
  const ndcgJoined = ndcg(await run(withForeignHistory(joined)))
  console.log(`| the same, each starting with "And" | ${ndcg(await run(joined))} | ${ndcgJoined} |`)
}
if (has('xquad-en')) await printCosts(await read('xquad-en'))

async function run(collection: Collection): Promise<Evaluation> {
  const { ask } = await createTrialService(collection.documents, { threshold, clock: () => performance.now() })
  return (await evaluate({ ...collection, unanswerable: new Map() }, { ask, threshold })).evaluation
}

async function confidences({ documents }: Collection, queries: readonly Query[]): Promise<number[]> {
  const { ask } = await createTrialService(documents, { threshold, clock: () => performance.now() })
  const found: number[] = []
  for (const query of queries) found.push((await ask(query)).confidence)
  return found
}

function ndcg({ measures }: Evaluation): string {
  return measures.ndcg_at_10.mean.toFixed(3)
}

/**
 * Splits a collection: every other document, the questions they answer, and the other questions.
 */
function leaveOutHalf(collection: Collection) {
  const documents = collection.documents.filter((_, i) => i % 2 === 0)
  const ids = new Set(documents.map(({ id }) => id))
  const isAnswered = ({ id }: Query) =>
    [...collection.judgements.get(id)!].some(([document, grade]) => grade > 0 && ids.has(document))
  return {
    kept: { ...collection, documents },
    can: collection.queries.filter(isAnswered),
    cannot: collection.queries.filter(query => !isAnswered(query)),
  }
}

function withoutHistory(collection: Collection): Collection {
  return { ...collection, queries: collection.queries.map(query => ({ ...query, history: [] })) }
}

/**
 * Gives each question a history of three unrelated questions with the start of their documents as
 * replies.
 */
function withForeignHistory(collection: Collection): Collection {
  const { queries, judgements } = collection
  const texts = new Map(collection.documents.map(({ id, text }) => [id, text]))
  const turnsOf = ({ id, text }: Query) => {
    const [document] = [...judgements.get(id)!].find(([, grade]) => grade > 0)!
    return [
      { role: 'user', text },
      { role: 'assistant', text: texts.get(document)?.slice(0, 120) ?? '' },
    ]
  }
  const other = (i: number, k: number) => queries[(7 * i + 101 * k) % queries.length]!
  return {
    ...collection,
    queries: queries.map((query, i) => ({ ...query, history: [3, 2, 1].flatMap(k => turnsOf(other(i, k))) })),
  }
}

function printCurve(): void {
  if (answerable.length === 0) return
  const all = answerable.length + unanswerable.length
  console.log(
    '\nThe sets with out-of-scope questions together\n\n| threshold | precision | recall | answered |\n|---|---|---|---|',
  )
  for (const { threshold, precision, recall } of abstentionCurve(answerable, unanswerable, CURVE_THRESHOLDS)) {
    const answered = [...answerable, ...unanswerable].filter(confidence => confidence >= threshold).length / all
    console.log(`| ${threshold} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${answered.toFixed(3)} |`)
  }
}

function printCalibration(): void {
  console.log('\n| confidence | questions | answerable |\n|---|---|---|')
  for (let bin = 0; bin < BINS; bin++) {
    const count = (list: readonly number[]) => list.filter(value => Math.min(BINS - 1, Math.floor(value * BINS)) === bin).length
    const [can, cannot] = [count(answerable), count(unanswerable)]
    if (can + cannot === 0) continue
    console.log(`| ${bin / BINS}–${(bin + 1) / BINS} | ${can + cannot} | ${(can / (can + cannot)).toFixed(3)} |`)
  }
}

async function printCosts(collection: Collection): Promise<void> {
  const found: RatedPassages[] = []
  const { search } = await createTrialService(collection.documents, { threshold, clock: () => performance.now() })
  const { read, plan, rate, answer } = createAnswerer({ threshold, answerLength: 800, texts: loadTexts() })
  for (const { text } of collection.queries) found.push(await search(plan(read(text), [])))
  const weighing = median(found.map(rated => time(() => rate(rated.plan, rated))))
  const composing = median(found.map(rated => time(() => answer(rated, 'operator'))))
  console.log(`\nxquad-en, median: rating and confidence ${weighing.toFixed(0)} µs, reply ${composing.toFixed(0)} µs`)
}

function time(task: () => unknown): number {
  const started = performance.now()
  task()
  return (performance.now() - started) * 1000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
