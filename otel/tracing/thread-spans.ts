import type { AnswerReply, Period, ReadRecord, SearchRecord } from '../../src/answering/pool/answer-task.ts'
import { recordRead, recordSpan, traced } from '../tracing.ts'
import { preciseNow } from './clock.ts'
import { retrievalInput, retrievalOutcome } from './retrieval-attributes.ts'
import { answerOutcome } from './turn-attributes.ts'

/** Called in the span of each search and read. */
interface Observers {
  onSearch(search: SearchRecord): void
  onRead(read: ReadRecord): void
}

/**
 * Records the searches, reads and the answer of another thread in the active trace, as the same
 * spans that this thread would have recorded.
 */
export function recordThread({ records, ...reply }: AnswerReply, { onSearch, onRead }: Observers): void {
  const { searches, repliedAt } = records
  const offset = preciseNow() - repliedAt
  const inThisThread = ({ start, end }: Period) => ({ start: start + offset, end: end + offset })
  for (const search of searches) {
    const passages = search.scores.map(score => ({ score }))
    const attributes = () => ({ ...retrievalInput('', search.limit), ...retrievalOutcome({ passages }, search.abstained) })
    recordSpan('retrieval documents', inThisThread(search), { attributes }, () => {
      for (const read of search.reads) {
        recordRead({ ...read, ...inThisThread(read) })
        onRead(read)
      }
      onSearch(search)
    })
  }
  if (reply.kind === 'answered')
    recordSpan('answer', inThisThread(reply.answering), { attributes: () => answerOutcome(reply.answer) })
}

/** Records a search by another thread that failed, and throws its error. */
export const failSearch = traced(
  'retrieval documents',
  async (error: unknown, _limit: number): Promise<never> => {
    throw error
  },
  { attributes: (_error, limit) => retrievalInput('', limit) },
)
