/**
 * node bench/overload/stalls.ts   prints how long single requests hold the event loop
 *
 * Each request is built to be expensive. The server runs in the main thread of this process, the
 * client in another thread. The figure is the longest delay of the event loop while the request is
 * answered: the median of several runs, because other programs on the machine delay it too.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import pino from 'pino'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { median } from '../harness/statistics.ts'
import { printTable } from '../harness/table.ts'

const RUNS = 7
const document = (text: string) => ['PUT', '/documents/a', JSON.stringify({ format: 'markdown', text })] as const
const section = (i: number) =>
  `## Section ${i}\n\nSome words that make passage ${i} of its own, with *emphasis* and \`code\`.\n\n`

const REQUESTS: Readonly<Record<string, readonly [method: string, path: string, body?: string]>> = {
  'document: 10 words': document('Green tea is brewed at 75 degrees for two minutes.'),
  'document: 1,000 characters of `>* * `': document('>* * '.repeat(200)),
  'document: 20,000 characters of front matter': document(`---\ntitle: A | B\n${'a: [{b: c}]\n'.repeat(1600)}---\n`),
  'document: flat list, 200,000 characters': document('- a\n'.repeat(50_000)),
  'document: 2,000,000 characters': document(
    Array.from({ length: 24_000 }, (_, i) => section(i))
      .join('')
      .slice(0, 2_000_000),
  ),
  'the same document, read': ['GET', '/documents/a'],
  'document: 8 MB of JSON, all escapes': ['PUT', '/documents/a', `{"text":"${'\\"'.repeat(4_000_000)}","format":"text"}`],
  'document: 8 MB of JSON, empty arrays': ['PUT', '/documents/a', `[${'[],'.repeat(2_700_000)}0]`],
  'message: 128 KB of JSON, empty arrays': ['POST', '/chat', `[${'[],'.repeat(43_000)}0]`],
}

const folder = mkdtempSync(join(tmpdir(), 'pellucid-stalls-'))
const config = loadConfig({ DATA_DIR: join(folder, 'data'), LOG_DIR: join(folder, 'logs'), ANSWER_WORKERS: '0' })
const app = await buildApp({ config, logger: pino({ enabled: false }), version: '0' })
const address = await app.listen({ port: 0, host: '127.0.0.1' })
const client = new Worker(new URL('./stalls-client.ts', import.meta.url), { execArgv: [] })

const rows: string[][] = []
for (const [name, request] of Object.entries(REQUESTS)) {
  const runs: { readonly heldMs: number; readonly status: number; readonly tookMs: number }[] = []
  // The first run loads modules and starts threads.
  for (let run = 0; run <= RUNS; run++) runs.push(await measure(request))
  const heldMs = median(runs.slice(1).map(run => run.heldMs))
  const tookMs = median(runs.slice(1).map(run => run.tookMs))
  rows.push([name, String(runs.at(-1)?.status), tookMs.toFixed(0), heldMs.toFixed(0)])
}
printTable(['request', 'status', 'reply after ms', 'event loop held ms'], rows)
await client.terminate()
await app.close()
rmSync(folder, { recursive: true })

async function measure([method, path, body]: readonly [string, string, string?]) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const started = performance.now()
  delay.enable()
  client.postMessage({ url: address + path, method, body })
  const [status] = await once(client, 'message')
  const tookMs = performance.now() - started
  delay.disable()
  return { status: status as number, tookMs, heldMs: delay.max / 1e6 }
}
