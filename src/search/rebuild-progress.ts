import type { Log } from '../logging/log.ts'

/** Progress of an index rebuild. */
export interface RebuildProgress {
  readonly documentsDone: number
  readonly documentsTotal: number
  /** Whether an earlier index answers searches during the rebuild. It follows changes, too. */
  readonly earlierServes: boolean
}

/** Counts the documents of a rebuild. */
export interface Rebuild {
  documentDone(): void
  counts(): Pick<RebuildProgress, 'documentsDone' | 'documentsTotal'>
}

const LOG_INTERVAL_MS = 5000

/** Tracks a rebuild of `documentsTotal` documents and logs its progress every 5 s. */
export function trackRebuild(documentsTotal: number, now: () => number, log?: Log): Rebuild {
  let documentsDone = 0
  let loggedAt = now()
  return {
    documentDone() {
      documentsDone++
      if (now() - loggedAt < LOG_INTERVAL_MS) return
      loggedAt = now()
      log?.info(
        { function: 'rebuild', documents_done: documentsDone, documents_total: documentsTotal },
        'Rebuilding search index',
      )
    },
    counts: () => ({ documentsDone, documentsTotal }),
  }
}
