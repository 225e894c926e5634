import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from './client.ts'

/** Pause between messages: about 40 turns per second, which fill the span queue within seconds. */
const PACE_MS = 25
const SESSIONS = 4

export interface Load {
  /** Number of messages sent. */
  sent(): number
  /** Stops and resolves to the failures when all replies have arrived. */
  stop(): Promise<readonly string[]>
}

/** Text of a message by number; appears in the log. */
export function textOf(number: number): string {
  return `hello no. ${number}`
}

/** Sends numbered messages in sequence, regardless of failures. */
export async function startLoad(client: Client, from = 0): Promise<Load> {
  const sessions = await Promise.all(
    Array.from(
      { length: SESSIONS },
      async () => (await client.send('POST', '/sessions', { body: {} })).body.session_id as string,
    ),
  )
  const failures: string[] = []
  const open = new Set<Promise<void>>()
  let number = from
  let isStopping = false
  async function ask(own: number): Promise<void> {
    const session_id = sessions[own % SESSIONS]
    await client.say(textOf(own), { session_id }).then(
      ({ status }) => void (status === 200 || failures.push(`${own}: ${status}`)),
      error => void failures.push(`${own}: ${error}`),
    )
  }
  const running = (async () => {
    while (!isStopping) {
      const reply = ask(number++).finally(() => open.delete(reply))
      open.add(reply)
      await delay(PACE_MS)
    }
  })()
  return {
    sent: () => number - from,
    async stop() {
      isStopping = true
      await running
      await Promise.all(open)
      return failures
    },
  }
}
