import { Piscina } from 'piscina'
import { ChatError } from '../errors.ts'
import { threadFile } from '../threads/start-thread.ts'
import { parseJsonBody } from './json-body.ts'
import type { ParsedBody } from './json-thread.ts'

/** Parses bodies of requests. */
export interface BodyParser {
  /**
   * Parses JSON: a body of at most 128 KiB at once, which takes less than 2 ms, a larger one in
   * another thread. The buffer of a larger one is moved there and empty afterwards.
   * @throws {ChatError} VALIDATION_ERROR; SHUTTING_DOWN after `close`.
   */
  parse(body: Buffer): Promise<unknown>
  /** Ends the thread, and rejects the bodies that wait for it. */
  close(): Promise<void>
}

/** The limit of every body but a document. */
const MAX_INLINE_BYTES = 131_072
/** The text of the largest body, 8 MB, takes 16 MB of it, and the parsed value as much. */
const MAX_HEAP_MB = 128

/** Creates a parser. Its thread starts with the first large body, and stays. */
export function createBodyParser(): BodyParser {
  let pool: Piscina | undefined
  let isClosed = false

  function startThread(): Piscina {
    return new Piscina({
      filename: threadFile('./json-thread', import.meta).href,
      name: 'parse',
      minThreads: 1,
      maxThreads: 1,
      // Without it the thread would preload the telemetry SDK.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
  }

  async function runInThread(body: Buffer): Promise<ParsedBody> {
    if (isClosed) throw new ChatError('SHUTTING_DOWN')
    pool ??= startThread()
    try {
      return await pool.run(body, { transferList: [body.buffer as ArrayBuffer] })
    } catch (cause) {
      throw isClosed ? new ChatError('SHUTTING_DOWN') : cause
    }
  }

  return {
    async parse(body) {
      if (body.length <= MAX_INLINE_BYTES) return parseJsonBody(body)
      const parsed = await runInThread(body)
      if (parsed.kind === 'refused') throw new ChatError('VALIDATION_ERROR', { message: parsed.message })
      return parsed.value
    },
    async close() {
      isClosed = true
      await pool?.destroy()
    },
  }
}
