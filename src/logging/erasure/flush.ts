import { setTimeout as delay } from 'node:timers/promises'
import type { LogState } from '../writing/log-transport.ts'

const CHECK_MS = 20

/** Resolves when the lines that were logged before the call are in the files, or dropped. */
export async function flushLog(state: () => LogState, signal: AbortSignal): Promise<void> {
  const settled = () => state().written.chatbot + state().dropped.chatbot
  const goal = settled() + state().waiting
  while (settled() < goal && !signal.aborted) await delay(CHECK_MS)
}
