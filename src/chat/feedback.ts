import type { Log } from '../logging/log.ts'
import type { Feedback, TurnStore } from './turn.ts'

export interface FeedbackSteps {
  readonly store: TurnStore['recordFeedback']
  readonly log: Log
  /** Called with each judgement that is stored. */
  readonly onRecorded: (isCorrect: boolean) => void
}

/**
 * Creates the function that stores, counts and logs feedback, from the route and from the command.
 */
export function createFeedbackRecorder({ store, log, onRecorded }: FeedbackSteps): TurnStore['recordFeedback'] {
  return async (turnId: string, feedback: Feedback) => {
    const isRecorded = await store(turnId, feedback)
    if (!isRecorded) return false
    onRecorded(feedback.correct)
    log.info({ judged_turn_id: turnId, correct: feedback.correct, document_id: feedback.documentId }, 'Feedback recorded')
    return true
  }
}
