import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { LogQuery } from '../src/logging/reading/log-query.ts'
import { readLog } from '../src/logging/reading/log-reader.ts'
import { seededRandom } from '../test/worlds/seeded-random.ts'

/*
 * node bench/reading.ts [--mb N]      measures typical log queries, compared with grep and jq if
 * installed
 *
 * The log is synthetic and deterministic: requests of six lines each, one in a hundred with a
 * warning, one in a thousand failing. All measurements use the same file in one run, after a first
 * read that fills the system's cache.
 */

const { values } = parseArgs({ options: { mb: { type: 'string', default: '1024' } } })
const START = Date.parse('2026-01-15T00:00:00.000Z')
const LINES_PER_REQUEST = 6

const dir = mkdtempSync(join(tmpdir(), 'pellucid-reading-'))
try {
  const { path, requests, sample } = await makeLog(Number(values.mb) * 1024 * 1024)
  const megabytes = statSync(path).size / 1e6
  console.log(`${Math.round(megabytes)} MB, ${requests * LINES_PER_REQUEST} lines, in one file; MB/s and matching lines`)
  const end = START + requests * 20
  const questions: readonly { name: string; query: LogQuery; grep?: string[]; jq?: string }[] = [
    { name: 'one turn', query: { fields: { turn_id: [sample] } }, grep: ['-F', sample], jq: `select(.turn_id == "${sample}")` },
    {
      name: 'ERROR and above',
      query: { level: 'ERROR' },
      grep: ['-E', '"level":"(ERROR|CRITICAL)"'],
      jq: 'select(.level_number >= 40)',
    },
    { name: 'a text', query: { pattern: /timed out/ }, grep: ['-F', 'timed out'], jq: 'select(.msg | contains("timed out"))' },
    { name: 'the last minute', query: { since: end - 60_000 } },
    { name: 'everything, parsed', query: {}, jq: '.' },
  ]
  await measure({})
  for (const { name, query, grep, jq } of questions) {
    const { lines, seconds } = await measure(query)
    const others = [
      ...(grep === undefined ? [] : [time('grep', ['-c', ...grep, path])]),
      ...(jq === undefined ? [] : [time('jq', ['-c', jq, path])]),
    ].map(({ tool, seconds: its }) =>
      its === undefined ? `${tool} missing` : `${tool} ${Math.round(megabytes / its)} (×${(its / seconds).toFixed(2)})`,
    )
    console.log(
      [name.padEnd(20), String(Math.round(megabytes / seconds)).padStart(6), String(lines).padStart(9), ...others].join('  '),
    )
  }
  console.log(`RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`)
} finally {
  rmSync(dir, { recursive: true })
}

async function measure(query: LogQuery): Promise<{ readonly lines: number; readonly seconds: number }> {
  const startedAt = performance.now()
  let lines = 0
  for await (const batch of readLog(dir, query, { onProblem: console.error })) lines += batch.length
  return { lines, seconds: (performance.now() - startedAt) / 1000 }
}

/** Measures another tool; its output is discarded. */
function time(tool: string, args: readonly string[]): { readonly tool: string; readonly seconds: number | undefined } {
  if (spawnSync('which', [tool]).status !== 0) return { tool, seconds: undefined }
  const startedAt = performance.now()
  execFileSync(tool, args, {
    // grep stops at the first match if its output is /dev/null, so it prints a count to a pipe.
    stdio: ['ignore', tool === 'grep' ? 'pipe' : 'ignore', 'inherit'],
    env: { ...process.env, LC_ALL: 'C' },
  })
  return { tool, seconds: (performance.now() - startedAt) / 1000 }
}

async function makeLog(bytes: number): Promise<{ readonly path: string; readonly requests: number; readonly sample: string }> {
  mkdirSync(join(dir, 'chatbot'))
  const path = join(dir, 'chatbot/chatbot.2026-01-15.1.log')
  const file = createWriteStream(path)
  const random = seededRandom(7)
  let requests = 0
  let written = 0
  let sample = ''
  while (written < bytes) {
    const text = request(requests++, random)
    sample = written < bytes / 2 ? (JSON.parse(text.slice(0, text.indexOf('\n'))).turn_id as string) : sample
    written += text.length
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
  return { path, requests, sample }
}

function request(n: number, random: () => number): string {
  const hex = (length: number) =>
    Array.from({ length: length / 8 }, () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('')
  const ids = {
    request_id: `req-${n}`,
    trace_id: hex(32),
    span_id: hex(16),
    session_id: hex(32),
    turn_id: hex(32),
    user_id: `u_${hex(24)}`,
  }
  const line = (level: string, number: number, module: string, fn: string, msg: string, facts: object = {}, step = 0) =>
    `${JSON.stringify({ level, level_number: number, time: new Date(START + n * 20 + step).toISOString(), service: 'chatbot', module, function: fn, ...ids, ...facts, msg })}\n`
  const chance = random()
  const last =
    chance < 0.001
      ? line(
          'ERROR',
          40,
          'telemetry',
          'request',
          'The request failed',
          { err: { type: 'Error', message: 'the disk timed out' } },
          9,
        )
      : chance < 0.01
        ? line('WARNING', 30, 'database_manager', 'write', 'Slow database operation', { took_ms: 120 }, 9)
        : line('INFO', 20, 'telemetry', 'request', 'Request served', { status: 200, took_ms: 3.1 }, 9)
  return [
    line('INFO', 20, 'chat', 'answer', 'User message received', {
      message: 'How do I add documents to the index of the server?',
    }),
    line('INFO', 20, 'command_parser', 'parse', 'Parsed message', { kind: 'question' }, 1),
    line('INFO', 20, 'search_engine', 'search', 'Searched documents', { results: 8, took_ms: 0.4 }, 2),
    line('INFO', 20, 'database_manager', 'write', 'Stored turn', { operation: 'append', took_ms: 1.2 }, 4),
    line(
      'INFO',
      20,
      'chat',
      'answer',
      'Bot response sent',
      { response: 'To add documents, give files, folders or globs to the command.' },
      5,
    ),
    last,
  ].join('')
}
