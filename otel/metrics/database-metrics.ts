import { observe, observeAll } from '../recording.ts'
import { cacheReading } from './cached-reading.ts'

/** The state of the database that the gauges show. */
export interface DatabaseFigures {
  readonly open: boolean
  readonly writer: 'running' | 'restarting' | 'stopped'
  /** What cannot be done; undefined if reads and writes succeed. */
  readonly problem: string | undefined
  readonly isWriting: boolean
  readonly waitingWrites: number
  readonly walBytes: number
  readonly pendingErasures: number
}

/** How long the numbers of turns with feedback are cached. */
const JUDGED_TTL_MS = 30_000

/** Observes the database at every collection of metrics. Returns a function that stops it. */
export function observeDatabase(read: () => DatabaseFigures): () => void {
  const isUp = () => {
    const { open, problem } = read()
    return open && problem === undefined
  }
  const countOpen = () => {
    const { open, writer } = read()
    return (open ? 1 : 0) + (writer === 'running' ? 1 : 0)
  }
  // Metrics are collected on the thread that reads, so the reading connection is idle then.
  const countUsed = () => (read().isWriting ? 1 : 0)
  return observeAll([
    observe('chatbot_database_up', () => (isUp() ? 1 : 0)),
    observe('chatbot_database_waiting_writes', () => read().waitingWrites),
    observe('chatbot_database_wal_bytes', () => read().walBytes),
    observe('chatbot_pending_erasures', () => read().pendingErasures),
    observe('db_client_connection_count', countUsed, { state: 'used' }),
    observe('db_client_connection_count', () => countOpen() - countUsed(), { state: 'idle' }),
  ])
}

/**
 * Observes the numbers of turns with feedback and the accuracy. Returns a function that stops it.
 */
export function observeFeedback(count: () => Promise<{ readonly correct: number; readonly incorrect: number }>): () => void {
  const judged = cacheReading(count, JUDGED_TTL_MS)
  return observeAll([
    observe('chatbot_judged_turns', async () => (await judged()).correct, { judgement: 'correct' }),
    observe('chatbot_judged_turns', async () => (await judged()).incorrect, { judgement: 'incorrect' }),
    observe('chatbot_accuracy_ratio', async () => {
      const { correct, incorrect } = await judged()
      return correct + incorrect === 0 ? undefined : correct / (correct + incorrect)
    }),
  ])
}
