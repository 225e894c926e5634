import type { Worker } from 'node:worker_threads'
import { endThread } from './end-thread.ts'

export interface SerialThreadOptions<Received, Reply> {
  readonly start: () => Worker
  /** Whether a message is the reply of the call in progress. Default: each is. */
  readonly isReply?: (message: Received | Reply) => message is Reply
  /** Called for other messages. */
  readonly onMessage?: (message: Received) => void
}

/** A thread that does one thing at a time. It is started by a call when none runs. */
export interface SerialThread<Sent, Reply> {
  /**
   * Sends a message when the earlier calls are over, and resolves to the reply. Rejects with the
   * reason if the thread ends before; the next call starts another one. Keeps the process alive.
   * @param make Called when it is the turn of this call; may throw.
   * @param aside Called with the running thread, such as to limit the call. Returns what is done
   * when the call is over.
   */
  call(make: () => Sent, aside?: (thread: Worker) => () => void): Promise<Reply>
  /**
   * Sends the last message after the earlier calls. Resolves to its reply when the thread has
   * ended; undefined if none runs.
   */
  close(message: Sent): Promise<Reply | undefined>
  /** Ends the thread at once. The call in progress rejects. */
  terminate(): Promise<void>
}

/** Creates a serial thread. It keeps the process alive only during a call. */
export function createSerialThread<Sent, Reply, Received = never>(
  options: SerialThreadOptions<Received, Reply>,
): SerialThread<Sent, Reply> {
  const { start, isReply = (_message): _message is Reply => true, onMessage } = options
  let running: Worker | undefined
  let pending: PromiseWithResolvers<Reply> | undefined
  /** Settles after the last call; never rejects. */
  let last: Promise<unknown> = Promise.resolve()

  function getThread(): Worker {
    if (running !== undefined) return running
    const thread = start()
    running = thread
    const end = (reason: unknown) => {
      if (running !== thread) return
      running = undefined
      pending?.reject(reason)
    }
    return thread
      .on('message', (message: Received | Reply) => {
        if (isReply(message)) pending?.resolve(message)
        else onMessage?.(message)
      })
      .on('error', end)
      .on('exit', code => end(new Error(`The thread ended with exit code ${code}`)))
  }

  async function run(make: () => Sent, aside?: (thread: Worker) => () => void): Promise<Reply> {
    const message = make()
    const thread = getThread()
    const finish = aside?.(thread)
    pending = Promise.withResolvers()
    thread.ref()
    thread.postMessage(message)
    try {
      return await pending.promise
    } finally {
      finish?.()
      thread.unref()
    }
  }

  return {
    call(make, aside) {
      const outcome = last.then(() => run(make, aside))
      // The caller gets the error; the next call is made all the same.
      last = outcome.catch(() => undefined)
      return outcome
    },
    async close(message) {
      await last
      if (running === undefined) return undefined
      pending = Promise.withResolvers()
      // The reply is there before the thread has ended; without one, its end is the reason.
      const [reply] = await Promise.all([pending.promise, endThread(running, message)])
      return reply
    },
    async terminate() {
      await running?.terminate()
    },
  }
}
