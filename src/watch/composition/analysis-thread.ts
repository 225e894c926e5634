import { parentPort, workerData } from 'node:worker_threads'
import { runAnalysis } from '../../cli/analyse/run-analysis.ts'
import { ChatError, messageOf } from '../../errors.ts'
import type { AnalysisThreadData, AnalysisThreadReply } from '../analysis/analysis-worker.ts'
import { type QuestionGroup, withoutTexts } from '../analysis/usage/question-groups.ts'

// Entry point of the analysis thread: runs one analysis and ends.

const { name, period, logDir, dataDir } = workerData as AnalysisThreadData
const reply = (message: AnalysisThreadReply) => parentPort?.postMessage(message)
try {
  const { result } = await runAnalysis(name, period, { logDir, dataDir, onProblem() {} })
  // Groups have texts of users: commands show them, and routes do not.
  const isGroups = (key: string, value: unknown): value is readonly QuestionGroup[] =>
    key === 'unanswered' && Array.isArray(value)
  reply({ json: JSON.stringify(result, (key, value: unknown) => (isGroups(key, value) ? withoutTexts(value) : value)) })
} catch (error) {
  reply({ failure: messageOf(error), isWatchOff: error instanceof ChatError && error.code === 'MONITORING_OFF' })
}
