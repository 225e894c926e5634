import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { startCollector } from '../../test/worlds/collector.ts'
import { type Output, type RunningCommand, runInTerminal } from './terminal.ts'
import { drawTerminals, type Pane } from './terminal-picture.ts'
import { drawTrace } from './trace-picture.ts'

/*
 * node tools/pictures/make-pictures.ts
 *
 * Records a start of the server, a question, and its log lines and trace, and writes them to
 * docs/pictures/. Port 8000 must be free. Needs script (util-linux), curl and jq.
 */

const FOLDER = join(import.meta.dirname, '../../docs/pictures')
const ASK = `curl -s http://127.0.0.1:8000/chat -H 'content-type: application/json' -d '{"message": "How do I add documents?"}'`
const SHOW = `jq '{response, kind, confidence, source: .sources[0].location, turn_id, timings_ms}'`
/** A viewer needs this long to see that a command was entered. */
const ENTER_MS = 800
/** Silence is shown for this long at most. */
const MAX_SILENCE_MS = 1500

const cleanups: (() => unknown)[] = []
const collector = await startCollector({ teardown: fn => void cleanups.push(fn) })
const folder = mkdtempSync(join(tmpdir(), 'pellucid-pictures-'))
const env = {
  DATA_DIR: join(folder, 'data'),
  LOG_DIR: join(folder, 'logs'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_BSP_SCHEDULE_DELAY: '200',
  npm_config_loglevel: 'error',
  npm_config_progress: 'false',
}
mkdirSync(FOLDER, { recursive: true })
const server = runInTerminal('npm start', env)
await server.until(/Chatbot Initialized/)

// The first question loads code; the second is what users see.
await runInTerminal(ASK, env).ended
const warmUp = server.outputs.length
const spansBefore = collector.spans.length
const startMs = lastOf(server.outputs) + ENTER_MS
const asked = runInTerminal(`${ASK} | ${SHOW}`, env)
await asked.ended
await server.until(/(Request served[\s\S]*){2}/)
const turnId = /"turn_id": .*?"([\w-]{24})"/.exec(stripVTControlCharacters(textOf(asked)))?.[1] ?? ''
const log = runInTerminal(`npx pellucid logs --turn ${turnId}`, env)
await log.ended
await until(() => collector.spans.slice(spansBefore).some(({ name }) => name === 'POST /chat'))
server.stop()
await server.ended

const booted = server.outputs.filter(({ text }, i) => i < warmUp && !/turn_id/.test(text))
const answering = server.outputs.slice(warmUp).filter(({ text }) => text.includes(turnId))
write('start.svg', 'A server starts, gets a question, and logs it', [
  { title: 'server', outputs: [entered('npm start', 0), ...timed(booted, ENTER_MS), ...timed(answering, startMs)] },
  { title: 'client', outputs: [entered(`${ASK} \\\n    | ${SHOW}`, startMs - ENTER_MS), ...timed(asked.outputs, startMs)] },
])
write('log.svg', 'The log lines of one turn', [
  { title: 'log', outputs: [entered(`npx pellucid logs --turn ${turnId}`, 0), ...timed(log.outputs, ENTER_MS)] },
])
const traceId = collector.spans.findLast(({ name }) => name === 'POST /chat')?.traceId
writeFileSync(join(FOLDER, 'trace.svg'), drawTrace(collector.spans.filter(span => span.traceId === traceId)))
for (const cleanup of cleanups) await cleanup()
rmSync(folder, { recursive: true })

function write(name: string, title: string, panes: readonly Pane[]): void {
  writeFileSync(join(FOLDER, name), drawTerminals(title, panes))
}

function entered(command: string, atMs: number): Output {
  return { atMs, text: `\u001B[1m$ ${command}\u001B[0m\n` }
}

/** Moves outputs so that the first comes at `fromMs`, and shortens silences. */
function timed(outputs: readonly Output[], fromMs: number): readonly Output[] {
  let last = outputs[0]?.atMs ?? 0
  let at = fromMs
  return outputs.map(({ atMs, text }) => {
    at += Math.min(MAX_SILENCE_MS, atMs - last)
    last = atMs
    return { atMs: at, text }
  })
}

function lastOf(outputs: readonly Output[]): number {
  return timed(outputs, ENTER_MS).at(-1)?.atMs ?? 0
}

function textOf({ outputs }: RunningCommand): string {
  return outputs.map(({ text }) => text).join('')
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setTimeout(resolve, 50))
}
