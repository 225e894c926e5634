/**
 * Measures a base of many passages: the ingest, the first start, which builds the index, a second
 * start, which loads it, and whole turns, `POST /chat`, of one client.
 *
 *   node bench/price/large-base.ts [--passages N] [--seconds N] [--keep FOLDER]
 *
 * The base is generated: documents of ten command pages each, in which a third of the words are
 * renamed in each copy. A million passages take 5 GB of disk and several GB of memory. With --keep,
 * the base stays in the folder, and a later run with it measures only the start and the turns.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepareMessages, startServer } from '../harness/documents.ts'
import { ROOT, readRssMb, type Started } from '../harness/processes.ts'
import { startReceiver } from '../harness/receiver.ts'
import { percentile } from '../harness/statistics.ts'
import { sendLoad } from './rounds.ts'
import { writeTldrBase } from './tldr-base.ts'

const PAGES_PER_DOCUMENT = 10
const WARM_UP_SECONDS = 10
const START_LIMIT_MS = 1_800_000
const RSS_INTERVAL_MS = 200

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '30' },
    keep: { type: 'string' },
  },
})
const work = values.keep ?? mkdtempSync(join(tmpdir(), 'pellucid-large-'))
if (values.keep === undefined) process.once('exit', () => rmSync(work, { recursive: true, force: true }))
mkdirSync(work, { recursive: true })
const [pages, dataDir, logDir] = ['pages', 'data', 'logs'].map(name => join(work, name)) as [string, string, string]
const receiver = await startReceiver()
const made = existsSync(dataDir) ? undefined : await makeBase(Number(values.passages))
const second = await start()
const messages = await prepareMessages(second.server.address, [pages])
await sendLoad(second.server.address, messages, { connections: 1, seconds: WARM_UP_SECONDS })
const { result, times } = await sendLoad(second.server.address, messages, { connections: 1, seconds: Number(values.seconds) })

console.log(
  `\n${values.passages} sections in ${Math.ceil(Number(values.passages) / PAGES_PER_DOCUMENT)} documents, ` +
    `${times.length} turns, ${result.non2xx + result.errors} failed\n`,
)
console.log(
  '| ingest, documents/s | its memory, MB | database, MB | first start, s | start, s | turn p50, p99, ms | memory, MB |',
)
console.log('|---|---|---|---|---|---|---|')
const figures = [
  made?.documentsPerSecond.toFixed(0) ?? 'kept',
  made?.ingestRssMb ?? '',
  (statSync(join(dataDir, 'pellucid.sqlite')).size / 1e6).toFixed(0),
  made?.firstStartSeconds.toFixed(1) ?? '',
  second.seconds.toFixed(1),
  `${percentile(times, 0.5).toFixed(1)}, ${percentile(times, 0.99).toFixed(1)}`,
  readRssMb(second.server.pid),
]
console.log(`| ${figures.join(' | ')} |`)
await stop(second.server)
process.exit()

/** Ingests a base and builds its index. */
async function makeBase(sections: number) {
  writeTldrBase(pages)
  const file = join(work, 'base.jsonl')
  const documents = await writeBase(file, sections)
  const ingested = await ingest(file)
  const { server, seconds } = await start()
  await stop(server)
  return {
    documentsPerSecond: documents / ingested.seconds,
    ingestRssMb: ingested.rssMb,
    firstStartSeconds: seconds,
  }
}

/** Stops a server regularly, which saves the index. */
async function stop({ process: child }: Started): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** Writes documents of ten sections each. Returns their number. */
async function writeBase(path: string, sections: number): Promise<number> {
  const texts = readdirSync(pages)
    .sort()
    .map(name =>
      readFileSync(join(pages, name), 'utf8').replace(/^# (.*)/, (_, title: string) => `${title}\n${'='.repeat(title.length)}`),
    )
  const output = createWriteStream(path)
  const count = Math.ceil(sections / PAGES_PER_DOCUMENT)
  for (let i = 0; i < count; i++) {
    const parts = Array.from({ length: PAGES_PER_DOCUMENT }, (_, j) => {
      const at = i * PAGES_PER_DOCUMENT + j
      return renamed(texts[at % texts.length]!, Math.floor(at / texts.length))
    })
    const line = JSON.stringify({ id: `manual-${i}`, title: `Manual ${i}`, text: parts.join('\n\n') })
    if (!output.write(`${line}\n`)) await once(output, 'drain')
  }
  output.end()
  await once(output, 'close')
  return count
}

/** Makes the vocabulary grow as in a larger collection. */
function renamed(text: string, copy: number): string {
  const rename = (word: string) => (word.charCodeAt(2) % 3 === 0 ? word + (copy % 26) : word)
  return copy === 0 ? text : text.replace(/[a-z]{7,}/gi, rename)
}

async function ingest(file: string): Promise<{ readonly seconds: number; readonly rssMb: number }> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['src/cli/pellucid.js', 'ingest', file], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir, LOG_DIR: logDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', data => {
    output += data
  })
  let rssMb = 0
  const timer = setInterval(() => {
    // A process that has just ended has none.
    rssMb = Math.max(rssMb, readRssMb(child.pid ?? 0) || 0)
  }, RSS_INTERVAL_MS)
  const [code] = await once(child, 'close')
  clearInterval(timer)
  if (code !== 0) throw new Error(output)
  console.log(output.trim().split('\n').at(-1))
  return { seconds: (performance.now() - startedAt) / 1000, rssMb }
}

/** Starts the server and asks a question. */
async function start(): Promise<{ readonly server: Started; readonly seconds: number }> {
  const startedAt = performance.now()
  const server = await startServer(dataDir, logDir, receiver.environment, [], START_LIMIT_MS)
  const reply = await fetch(`${server.address}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"message":"how do I show an archive?"}',
  })
  if (!reply.ok) throw new Error(`The first question got ${reply.status}: ${await reply.text()}`)
  return { server, seconds: (performance.now() - startedAt) / 1000 }
}
