import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { ChatError } from '../../errors.ts'
import { holdsAnswerSet, readAnswerSet } from '../../evaluation/answer-set.ts'
import { type Asked, askAnswerSet, joinAsked } from '../../evaluation/asked.ts'
import { type Collection, readCollection } from '../../evaluation/collection.ts'
import { describeLatency, type Evaluation, evaluate } from '../../evaluation/evaluation.ts'
import { measureReplies, type ReplyFigures } from '../../evaluation/reply-figures.ts'
import type { Rankings } from '../../evaluation/run-file.ts'
import type { IngestReport } from '../../knowledge/ingest/ingest.ts'
import { createFolderService, createTrialService, type TrialOptions } from '../trial-service.ts'

/** The figures of a folder; only a judged collection has rankings to measure. */
export type FolderFigures = Pick<Evaluation, 'documents' | 'replies' | 'latency_ms'> & Partial<Evaluation>

/** What was in a folder and is not measured. */
export interface LeftOut {
  /** Documents that could not be read, and files skipped: unknown formats and drafts. */
  readonly documents: number
  readonly files: number
  /** Questions without a judgement above 0. */
  readonly questions: number
}

export interface EvaluatedFolder {
  readonly name: string
  readonly asked: Asked
  readonly figures: FolderFigures
  readonly leftOut: LeftOut
  /** Undefined for an answer set. */
  readonly judged?: { readonly collection: Collection; readonly rankings: Rankings }
}

export interface FolderDeps extends TrialOptions {
  /** The folder that relative paths refer to. */
  readonly cwd: string
  readonly onProgress: (done: number, total: number) => void
  /** Called for each document that could not be read. */
  readonly onProblem: (problem: string) => void
}

/**
 * Asks the questions of a judged collection or an answer set and measures the replies.
 * @throws {ChatError} COLLECTION_UNREADABLE
 */
export async function evaluateFolder(folder: string, deps: FolderDeps): Promise<EvaluatedFolder> {
  const path = resolve(deps.cwd, folder)
  if (!existsSync(path)) return refuse(`${path}: No such folder.`)
  return holdsAnswerSet(path) ? evaluateAnswerSet(path, deps) : evaluateCollection(path, deps)
}

async function evaluateCollection(path: string, deps: FolderDeps): Promise<EvaluatedFolder> {
  const collection = await readCollection(path)
  if (collection.queries.length === 0) return refuse(`${path}: No question has a judgement above 0. Add judgements to qrels.tsv.`)
  const { ask, skipped } = await createTrialService(collection.documents, deps)
  for (const { id, problem } of skipped) deps.onProblem(`${id}: ${problem}`)
  const { threshold, onProgress } = deps
  const { evaluation, rankings, asked } = await evaluate(collection, { ask, threshold, onProgress })
  const leftOut = { documents: skipped.length, files: 0, questions: collection.unjudged }
  return { name: basename(path), asked, figures: evaluation, leftOut, judged: { collection, rankings } }
}

async function evaluateAnswerSet(path: string, deps: FolderDeps): Promise<EvaluatedFolder> {
  const set = await readAnswerSet(path)
  const { converse, report } = await createFolderService(set.docs, deps.cwd, deps)
  for (const { where, problem } of report.failed) deps.onProblem(`${where}: ${problem}`)
  if (report.added === 0) return refuse(`${set.docs}: No file there could be read.`)
  const asked = await askAnswerSet(set, converse, deps.onProgress)
  const all = [asked.questions, asked.outOfScope, asked.phrasings].flat().map(({ reply }) => reply.tookMs)
  if (all.length === 0) return refuse(`${path}: The files of questions are empty.`)
  const figures = { documents: report.added, replies: measureReplies(asked), latency_ms: describeLatency(all) }
  return { name: basename(path), asked, figures, leftOut: countLeftOut(report) }
}

/** The figures of several folders together; nDCG is the mean of the folders that have it. */
export function totalOf(evaluated: readonly EvaluatedFolder[]): { readonly replies: ReplyFigures; readonly ndcg_at_10?: number } {
  const replies = measureReplies(joinAsked(evaluated.map(({ asked }) => asked)))
  const means = evaluated.flatMap(({ figures }) => figures.measures?.ndcg_at_10.mean ?? [])
  return { replies, ndcg_at_10: means.length === 0 ? undefined : means.reduce((sum, mean) => sum + mean, 0) / means.length }
}

function countLeftOut({ failed, skipped }: IngestReport): LeftOut {
  return { documents: failed.length, files: skipped.reduce((sum, { files }) => sum + files, 0), questions: 0 }
}

function refuse(message: string): never {
  throw new ChatError('COLLECTION_UNREADABLE', { message })
}
