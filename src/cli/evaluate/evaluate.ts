import { resolve } from 'node:path'
import { ChatError } from '../../errors.ts'
import { holdsAnswerSet } from '../../evaluation/answer-set.ts'
import { type Comparison, compareMeasures, measureRankings } from '../../evaluation/evaluation.ts'
import { type Rankings, readRun, writeRun } from '../../evaluation/run-file.ts'
import { describeEvaluation } from './evaluation-report.ts'
import { type EvaluatedFolder, evaluateFolder, type FolderDeps, totalOf } from './folder-evaluation.ts'
import { describeMisses, listMisses } from './misses.ts'

export interface EvaluateOptions {
  /** File to write the best 100 documents of each query to. */
  readonly run?: string
  /** File of an earlier run to compare with. */
  readonly compare?: string
  /** Whether to print each question that was not answered as it should be. */
  readonly misses: boolean
  readonly json: boolean
}

export interface EvaluateDeps extends Omit<FolderDeps, 'onProgress' | 'onProblem'> {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

const PROGRESS_INTERVAL_MS = 1000

/**
 * Runs `pellucid evaluate`: asks the questions of judged collections and answer sets, one folder
 * after the other, and prints quality figures. Resolves to the exit code.
 * @throws {ChatError} COLLECTION_UNREADABLE
 */
export async function runEvaluate(folders: readonly string[], options: EvaluateOptions, deps: EvaluateDeps): Promise<number> {
  const { stdout, stderr, clock } = deps
  checkRunOptions(folders, options, deps)
  const earlier = options.compare === undefined ? undefined : await readRun(options.compare)
  const onProblem = (problem: string) => void stderr.write(`${problem}\n`)
  const evaluated: EvaluatedFolder[] = []
  for (const folder of folders) {
    const onProgress = createProgress(folder, stderr, clock)
    evaluated.push(await evaluateFolder(folder, { ...deps, onProblem, onProgress }))
  }
  const comparison = await applyRunOptions(evaluated, options, earlier)
  if (options.json) stdout.write(`${JSON.stringify(toJson(evaluated, options, comparison), undefined, 2)}\n`)
  else {
    if (options.misses) for (const { name, asked } of evaluated) stdout.write(describeMisses(name, asked))
    stdout.write(describeEvaluation(evaluated, { threshold: deps.threshold, comparison }))
  }
  return 0
}

/** Rankings are kept and compared for a single judged collection only. */
function checkRunOptions(folders: readonly string[], { run, compare }: EvaluateOptions, { cwd }: EvaluateDeps): void {
  if ((run ?? compare) === undefined) return
  if (folders.length !== 1 || holdsAnswerSet(resolve(cwd, folders[0]!)))
    throw new ChatError('COLLECTION_UNREADABLE', { message: '--run and --compare need a single folder, with qrels.tsv.' })
}

/** Writes the run of the only folder, and compares it with an earlier one, as the options say. */
async function applyRunOptions(
  [only]: readonly EvaluatedFolder[],
  { run }: EvaluateOptions,
  earlier: Rankings | undefined,
): Promise<Comparison | undefined> {
  if (only?.judged === undefined) return undefined
  const { collection, rankings } = only.judged
  if (run !== undefined) await writeRun(run, rankings)
  return earlier && compareMeasures(measureRankings(collection, earlier), measureRankings(collection, rankings))
}

/** One folder as an object; several as a list with their total. */
function toJson(evaluated: readonly EvaluatedFolder[], { misses }: EvaluateOptions, comparison?: Comparison): object {
  const folders = evaluated.map(({ name, asked, figures, leftOut }) => ({
    folder: name,
    ...figures,
    left_out: leftOut,
    ...(misses && { misses: listMisses(asked) }),
  }))
  if (folders.length === 1) return { ...folders[0], comparison }
  return { folders, total: totalOf(evaluated) }
}

function createProgress(folder: string, stream: NodeJS.WriteStream, clock: () => number) {
  let printedAt = clock()
  return (done: number, total: number) => {
    if (clock() - printedAt < PROGRESS_INTERVAL_MS) return
    printedAt = clock()
    stream.write(`${folder}: ${done} of ${total} questions\n`)
  }
}
