import { parentPort, workerData } from 'node:worker_threads'
import type { AnalysisThreadData, AnalysisThreadReply } from '../analysis/analysis-worker.ts'
import { runAnalysis } from '../cli/analyse/run-analysis.ts'
import { messageOf } from '../errors.ts'

// Entry point of the analysis thread: runs one analysis and ends.

const { name, period, logDir, dataDir } = workerData as AnalysisThreadData
const reply = (message: AnalysisThreadReply) => parentPort?.postMessage(message)
try {
  const { result } = await runAnalysis(name, period, { logDir, dataDir, onProblem() {} })
  // The examples of topics are text of users: commands show them, and routes do not.
  reply({ json: JSON.stringify(result, (key, value: unknown) => (key === 'examples' ? undefined : value)) })
} catch (error) {
  reply({ failure: messageOf(error) })
}
