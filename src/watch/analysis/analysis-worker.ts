import { ChatError } from '../../errors.ts'
import { startThread } from '../../threads/start-thread.ts'
import type { Period } from './record.ts'

/** The analyses that a server offers, by name. */
export const ANALYSIS_NAMES = ['errors', 'performance', 'usage', 'health', 'capacity', 'security'] as const
export type AnalysisName = (typeof ANALYSIS_NAMES)[number]

/** What the analysis thread gets at its start. */
export interface AnalysisThreadData {
  readonly name: AnalysisName
  readonly period: Period
  readonly logDir: string
  readonly dataDir: string
}

/** What it sends: the result as JSON, or why there is none. */
export type AnalysisThreadReply = { readonly json: string } | { readonly failure: string; readonly isWatchOff: boolean }

const LIMIT_MS = 120_000
const MEMORY_MB = 512
const BUSY_RETRY_S = 10

/** Runs analyses, each in a thread of its own, one at a time. */
export function createAnalysisRunner(folders: Pick<AnalysisThreadData, 'logDir' | 'dataDir'>) {
  let isBusy = false
  return {
    /**
     * Resolves to the result as JSON.
     * @param signal Ends the analysis, which then rejects.
     * @throws {ChatError} OVERLOADED while another one runs; ANALYSIS_FAILED if it takes more than
     * two minutes or 512 MB, or cannot read the log; MONITORING_OFF if it needs metrics and none
     * are stored.
     */
    async run(name: AnalysisName, period: Period, signal: AbortSignal): Promise<string> {
      if (isBusy)
        throw new ChatError('OVERLOADED', { message: 'Another analysis is running. Retry later', retryAfterS: BUSY_RETRY_S })
      isBusy = true
      try {
        return await runInThread({ name, period, ...folders }, AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]))
      } catch (cause) {
        throw cause instanceof ChatError ? cause : new ChatError('ANALYSIS_FAILED', { cause })
      } finally {
        isBusy = false
      }
    },
  }
}

async function runInThread(workerData: AnalysisThreadData, signal: AbortSignal): Promise<string> {
  const limits = { maxOldGenerationSizeMb: MEMORY_MB }
  const worker = startThread('../composition/analysis-thread', import.meta, { name: 'analysis', workerData, limits })
  const stop = () => void worker.terminate()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const reply = await new Promise<AnalysisThreadReply>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('The analysis was ended')))
    })
    if ('failure' in reply) throw reply.isWatchOff ? new ChatError('MONITORING_OFF') : new Error(reply.failure)
    return reply.json
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}
