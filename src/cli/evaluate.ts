import { readCollection } from '../evaluation/collection.ts'
import { type Comparison, compareMeasures, type Evaluation, evaluate, measureRankings } from '../evaluation/evaluation.ts'
import { MEASURES, type MeasureName } from '../evaluation/measures.ts'
import { readRun, writeRun } from '../evaluation/run-file.ts'
import { createTrialService } from './trial-service.ts'

export interface EvaluateOptions {
  /** File to write the best 100 documents of each query to. */
  readonly run?: string
  /** File of an earlier run to compare with. */
  readonly compare?: string
  readonly json: boolean
}

export interface EvaluateDeps {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Lowest confidence, 0–1, at which the service answers. */
  readonly threshold: number
  /** Monotonic, in milliseconds. */
  readonly clock: () => number
}

const TITLES: Readonly<Record<MeasureName, string>> = {
  ndcg_at_10: 'nDCG@10',
  recall_at_10: 'Recall@10',
  recall_at_100: 'Recall@100',
  mrr_at_10: 'MRR@10',
  success_at_1: 'Success@1',
}
const PROGRESS_INTERVAL_MS = 1000

/**
 * Runs `pellucid evaluate`: asks the questions of a collection and prints quality figures. Resolves
 * to the exit code.
 */
export async function runEvaluate(folder: string, options: EvaluateOptions, deps: EvaluateDeps): Promise<number> {
  const { stdout, stderr, threshold, clock } = deps
  const collection = await readCollection(folder)
  const earlier = options.compare === undefined ? undefined : await readRun(options.compare)
  if (collection.queries.length === 0) {
    stderr.write(`${folder}: no question has a judgement above 0. Add judgements to qrels.tsv.\n`)
    return 1
  }
  const service = await createTrialService(collection.documents, { threshold, clock })
  for (const { id, problem } of service.skipped) stderr.write(`${id}: ${problem}\n`)
  const { evaluation, rankings } = await evaluate(collection, {
    ask: service.ask,
    threshold,
    onProgress: createProgress(stderr, clock),
  })
  if (options.run !== undefined) await writeRun(options.run, rankings)
  const comparison = earlier && compareMeasures(measureRankings(collection, earlier), measureRankings(collection, rankings))
  stdout.write(
    options.json
      ? `${JSON.stringify({ ...evaluation, comparison }, undefined, 2)}\n`
      : describeEvaluation(evaluation, comparison, threshold),
  )
  return 0
}

function createProgress(stream: NodeJS.WriteStream, clock: () => number) {
  let printedAt = clock()
  return (done: number, total: number) => {
    if (clock() - printedAt < PROGRESS_INTERVAL_MS) return
    printedAt = clock()
    stream.write(`${done} of ${total} questions\n`)
  }
}

function describeEvaluation(evaluation: Evaluation, comparison: Comparison | undefined, threshold: number): string {
  const { documents, queries, measures, answers, abstention, latency_ms } = evaluation
  const lines = [`${documents} documents, ${queries} questions`, '']
  for (const name of MEASURES) {
    const { mean, low, high } = measures[name]
    const change = comparison?.[name]
    const difference = change === undefined ? '' : `  ${signed(change.difference)} (p = ${change.p.toFixed(4)})`
    lines.push(`${TITLES[name].padEnd(11)} ${mean.toFixed(4)}  [${low.toFixed(3)}, ${high.toFixed(3)}]${difference}`)
  }
  if (answers !== undefined)
    lines.push(
      '',
      `${percent(answers.contained)} of ${answers.queries} replies contain the answer. Mean length: ${Math.round(answers.mean_chars)} characters`,
    )
  for (const [name, { questions, auroc, precision, recall }] of Object.entries(abstention))
    lines.push(
      '',
      `${name}: ${questions} unanswerable questions, AUROC ${auroc.toFixed(3)}`,
      `Threshold ${threshold}: ${percent(recall)} of the answerable questions are answered; ${percent(precision)} of the answered questions are answerable`,
    )
  lines.push('', `Latency: ${latency_ms.p50.toFixed(2)} ms (p50), ${latency_ms.p99.toFixed(2)} ms (p99)`, '')
  return lines.join('\n')
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
