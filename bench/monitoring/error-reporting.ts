/**
 * Measures what it costs to send errors to Sentry, in processor time of the main thread:
 *
 *   node bench/monitoring/error-reporting.ts
 *
 * It needs `@sentry/node`, which `npm run test:integrations -- sentry` keeps in the user's cache.
 * The receiver is a process of its own. An error has 20 earlier lines in its trace.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSentry } from '../../otel/sentry/sentry.ts'
import { createErrorReporter } from '../../src/watch/composition/error-reporter.ts'
import { createRecentLines } from '../../src/watch/error-reports/recent-lines.ts'
import { freePorts, untilAnswered } from '../harness/network.ts'
import { end, startProgram } from '../harness/processes.ts'
import { CACHE } from '../harness/receiver.ts'

const ROUNDS = 7
const ERRORS = 300
const LINES = 200_000
const EARLIER = 20
/** What a turn logs at INFO: message, answer and request. */
const LINES_OF_TURN = 3
const RECEIVER = `require('http').createServer((q, r) => q.on('end', () => r.end('{}')).resume()).listen(+process.argv[1], '127.0.0.1')`

const hook = join(CACHE, 'sentry-node-11.12.0/register.mjs')
if (!existsSync(hook)) {
  console.error('@sentry/node is missing: run npm run test:integrations -- sentry')
  process.exit(2)
}
await import(hook)

const lineOf = (i: number, level: string, more: object = {}) =>
  JSON.stringify({
    level,
    level_number: 20,
    time: new Date(1.7e12 + i).toISOString(),
    service: 'chatbot',
    module: 'chat',
    function: 'answer_message',
    trace_id: String(Math.floor(i / (EARLIER + 1))).padStart(32, '0'),
    span_id: 'b7ad6b7169203331',
    request_id: `0197a1b2-c3d4-7e5f-8a9b-${String(i).padStart(12, '0')}`,
    session_id: 's_UJHJfX2TjuAac6ZT4f435d',
    turn_id: 'bQIYkqpJG42sW6CvSRUZ3Ump',
    user_id: 'u_O4tARYSCv3ZBRTj3_qUNTc',
    took_ms: 12.345,
    message_text: 'How do I install it on a machine without network access?',
    ...more,
    msg: 'User message received',
  })
const error = new Error('no room for 17 items')
const err = { type: error.name, message: error.message, stack: error.stack }

const [port = 0] = await freePorts(1)
const receiver = startProgram(process.execPath, ['-e', RECEIVER, String(port)])
await untilAnswered(() => fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: '' }))
const startedAt = process.cpuUsage()
const sink = await startSentry({ dsn: `http://0123456789abcdef@127.0.0.1:${port}/1`, environment: 'bench', release: 'bench' })
const loadMs = cpuSince(startedAt) / 1000

const rounds: Awaited<ReturnType<typeof measure>>[] = []
for (let round = 0; round < ROUNDS; round++) rounds.push(await measure())
const median = (name: 'line' | 'report' | 'event') => rounds.map(costs => costs[name]).sort((a, b) => a - b)[ROUNDS >> 1] ?? 0
console.log('| | µs of processor time |\n|---|---|')
console.log(`| a line that is no error | ${median('line').toFixed(2)} |`)
console.log(`| a turn, of ${LINES_OF_TURN} lines | ${(LINES_OF_TURN * median('line')).toFixed(2)} |`)
console.log(`| an error: redaction, kind, ${EARLIER} breadcrumbs | ${median('report').toFixed(0)} |`)
console.log(`| an error that is sent, in all | ${median('event').toFixed(0)} |`)
console.log(`\nmedians of ${ROUNDS} rounds; loading the package took ${loadMs.toFixed(0)} ms of processor time, once`)
await end(receiver)
process.exit()

async function measure() {
  const recent = createRecentLines(1000, 1024 * 1024)
  const reportOf = createErrorReporter([], recent)
  const lines = Array.from({ length: 2000 }, (_, i) => lineOf(i, 'INFO'))
  const lineStart = process.cpuUsage()
  for (let i = 0; i < LINES; i++) recent.add(lines[i % lines.length] ?? '')
  const line = cpuSince(lineStart) / LINES

  // The last lines are of traces that errors find.
  const errors = Array.from({ length: ERRORS }, (_, i) => lineOf(lines.length - 1 - (i % 500), 'ERROR', { err }))
  const reportStart = process.cpuUsage()
  for (const text of errors) reportOf(text)
  const report = cpuSince(reportStart) / ERRORS

  const eventStart = process.cpuUsage()
  for (const text of errors) {
    sink.send(reportOf(text))
    // The package keeps at most 64 events.
    await sleep(2)
  }
  await sleep(50)
  return { line, report, event: cpuSince(eventStart) / ERRORS }
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return user + system
}
