import { recordRead, recordSpan, traced } from '../tracing.ts'
import { preciseNow } from './clock.ts'
import { retrievalInput, retrievalOutcome } from './retrieval-attributes.ts'
import { answerOutcome } from './turn-attributes.ts'

/** In milliseconds of the thread's clock. */
interface Period {
  readonly start: number
  readonly end: number
}

interface ThreadRead extends Period {
  readonly name: string
  readonly text: string
}

interface ThreadSearch<Read extends ThreadRead> extends Period {
  readonly limit: number
  readonly scores: readonly number[]
  readonly abstained?: boolean
  readonly reads: readonly Read[]
}

/** What another thread did for a reply that has just arrived. */
interface ThreadRecords<Search> {
  readonly searches: readonly Search[]
  /** The thread's clock when it replied. */
  readonly repliedAt: number
}

interface ThreadAnswer {
  readonly answer: { readonly kind: string; readonly confidence: number }
  readonly answering: Period
}

/** Called in the span of each search and read. */
interface Observers<Read, Search> {
  onSearch(search: Search): void
  onRead(read: Read): void
}

/**
 * Records the searches, reads and the answer of another thread in the active trace, as the same
 * spans that this thread would have recorded.
 */
export function recordThread<Read extends ThreadRead, Search extends ThreadSearch<Read>>(
  { searches, repliedAt }: ThreadRecords<Search & { readonly reads: readonly Read[] }>,
  answered: ThreadAnswer | undefined,
  { onSearch, onRead }: Observers<Read, Search>,
): void {
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
  if (answered !== undefined)
    recordSpan('answer', inThisThread(answered.answering), { attributes: () => answerOutcome(answered.answer) })
}

/** Records a search by another thread that failed, and throws its error. */
export const failSearch = traced(
  'retrieval documents',
  async (error: unknown, _limit: number): Promise<never> => {
    throw error
  },
  { attributes: (_error, limit) => retrievalInput('', limit) },
)
