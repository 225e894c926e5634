import type { WriteCall, WriteOutcome } from './write-batch.ts'
import type { WriterReply } from './writer.ts'

/**
 * The write that the disk has failed, after a batch. Each write of a batch may be rolled back
 * alone: the commit, of nothing, succeeds then.
 * @param before The write that had failed before the batch.
 */
export function findFailedWrite(
  calls: readonly WriteCall[],
  reply: Extract<WriterReply, { readonly kind: 'committed' | 'failed' }>,
  before: WriteCall | undefined,
): WriteCall | undefined {
  const refused = reply.kind === 'failed' ? calls : calls.filter((_, i) => isStorageRefusal(reply.outcomes[i]))
  if (refused.length > 0) return refused.find(({ name, isTrial }) => name !== 'probe' && !isTrial) ?? before ?? refused[0]
  // Other writes may change nothing, and succeed on any disk.
  return calls.some(({ name }) => name === 'probe') ? undefined : before
}

function isStorageRefusal(outcome: WriteOutcome | undefined): boolean {
  return outcome?.kind === 'refused' && outcome.error.chat?.code === 'DATABASE_UNAVAILABLE'
}
