import { ChatError } from '../errors.ts'

/** Whether an index has all documents, or an earlier one answers during a rebuild. */
export interface Readiness {
  readonly isReady: boolean
  becomeReady(): void
  /**
   * Rejects all waits with the error that the index met, also later ones, until it is ready.
   * Throws the error again.
   */
  fail(error: unknown): never
  /**
   * Resolves when the index is ready.
   * @param limitMs Longest time to wait.
   * @throws {ChatError} INDEX_INCOMPLETE after the limit, SHUTTING_DOWN after an abort, and the
   * error that the index met.
   */
  wait(limitMs: number): Promise<void>
}

const RETRY_AFTER_S = 5

/** Creates the readiness of an index that is not ready. @param signal Abort to end all waits. */
export function createReadiness(signal: AbortSignal | undefined): Readiness {
  const waiting = new Set<PromiseWithResolvers<void>>()
  let isReady = false
  let failure: ChatError | undefined

  function rejectAll(error: ChatError): void {
    for (const { reject } of waiting) reject(error)
  }
  signal?.addEventListener('abort', () => rejectAll(new ChatError('SHUTTING_DOWN')), { once: true })

  return {
    get isReady() {
      return isReady
    },

    becomeReady() {
      isReady = true
      for (const { resolve } of waiting) resolve()
    },

    fail(error) {
      if (error instanceof ChatError) {
        failure = error
        rejectAll(error)
      }
      throw error
    },

    async wait(limitMs) {
      if (isReady) return
      if (signal?.aborted) throw new ChatError('SHUTTING_DOWN')
      if (failure !== undefined) throw failure
      const one = Promise.withResolvers<void>()
      waiting.add(one)
      const timer = setTimeout(() => one.reject(new ChatError('INDEX_INCOMPLETE', { retryAfterS: RETRY_AFTER_S })), limitMs)
      try {
        await one.promise
      } finally {
        clearTimeout(timer)
        waiting.delete(one)
      }
    },
  }
}
