import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, Reply } from './client.ts'

/** Above the default threshold of slow traces (TRACES_SLOW_MS). */
export const SLOW_TURN_MS = 2300

export interface Traffic {
  /** A question in an open session, with a trace started by the caller. */
  readonly question: Reply
  readonly callersTraceId: string
  readonly unanswered: Reply
  readonly command: Reply
  readonly unknownCommand: Reply
  readonly rejected: Reply
  readonly failures: readonly Reply[]
  readonly slow: Reply
}

/** Sends requests of every kind. */
export async function driveTraffic(client: Client): Promise<Traffic> {
  const callersTraceId = randomBytes(16).toString('hex')
  const { session_id } = (await client.say('hello', { user_id: 'ada' })).body
  const question = await client.say(
    'How do I add documents?',
    { session_id, user_id: 'ada' },
    { traceparent: `00-${callersTraceId}-b7ad6b7169203331-01` },
  )
  for (const message of ['Where are the logs kept?', 'How do I back up the server?']) await client.say(message, { session_id })
  const unanswered = await client.say('Which airspeed has an unladen swallow in Zanzibar?')
  const command = await client.say('/help')
  await client.say('/search add documents', { session_id })
  await client.say('/history', { session_id })
  const unknownCommand = await client.say('/hepl')
  await client.say('/definitely-no-command')
  await client.say('')
  const rejected = await client.say('hello', { session_id: 'x'.repeat(24) })
  const failures = [await client.send('GET', '/cause-error'), await client.send('GET', '/cause-error')]
  await client.send('GET', '/hello')
  await client.send('GET', 'unmatched', { path: '/nowhere/at/all' })

  const judged = (reply: Reply, correct: boolean) =>
    client.send('POST', '/turns/:id/feedback', { path: `/turns/${reply.body.turn_id}/feedback`, body: { correct } })
  for (const correct of [true, false, true]) await judged(question, correct)
  await judged(unanswered, false)

  const opened = (await client.send('POST', '/sessions', { body: { user_id: 'grace' } })).body.session_id
  await client.send('GET', '/sessions/:id', { path: `/sessions/${session_id}` })
  await client.send('GET', '/sessions/:id/turns', { path: `/sessions/${session_id}/turns` })
  await client.send('DELETE', '/sessions/:id', { path: `/sessions/${opened}` })
  for (const path of ['/health', '/health/live', '/health/ready', '/metrics']) {
    for (let times = 0; times < 10; times++) await fetch(`http://pellucid:8000${path}`).then(reply => reply.arrayBuffer())
  }
  const slow = await sayWhileLocked(client, 'How do I start the server?')
  return { question, callersTraceId, unanswered, command, unknownCommand, rejected, failures, slow }
}

/**
 * Sends a message whose turn is slow because another process locks the database, as a backup may.
 */
async function sayWhileLocked(client: Client, message: string): Promise<Reply> {
  const other = new DatabaseSync('/run/stack/volumes/data/pellucid.sqlite', { timeout: 5000 })
  other.exec('BEGIN IMMEDIATE')
  const reply = client.say(message)
  await delay(SLOW_TURN_MS)
  other.exec('ROLLBACK')
  other.close()
  return reply
}
