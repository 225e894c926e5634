/**
 * Measures `POST /chat` over real documents at several numbers of connections: turns per second,
 * latency, and the share of processor time of each component. The reference is a bare Fastify that
 * replies with a receipt of the same size.
 *
 *   node bench/chat.ts FOLDER…        folders of documents to ingest
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { readRssMb } from './telemetry/processes.ts'

const ROOT = join(import.meta.dirname, '..')
const SECONDS = 8
const CONNECTIONS = [1, 8, 64]

/** A sample counts for the innermost component on its stack: a library counts for its caller. */
const COMPONENTS: readonly (readonly [RegExp, string])[] = [
  [/\/src\/search\//, 'search'],
  [/\/src\/answering\//, 'answer'],
  [/\/src\/database\//, 'database'],
  [/\/src\/logging\/|node_modules\/(pino|thread-stream|sonic-boom)/, 'log'],
  [/\/otel\/|node_modules\/@opentelemetry/, 'telemetry'],
  [/\/src\/(sessions|commands)\//, 'session, parse'],
  [/\/src\/chat\//, 'turn'],
  [/\/plugins\//, 'plugins'],
  [/node_modules\/(fastify|@fastify|find-my-way|ajv|fast-json)/, 'Fastify'],
]

const folders = process.argv.slice(2)
if (folders.length === 0) throw new Error('usage: node bench/chat.ts FOLDER…')

const work = mkdtempSync(join(tmpdir(), 'pellucid-bench-'))
const environment = {
  ...process.env,
  DATA_DIR: join(work, 'data'),
  LOG_DIR: join(work, 'logs'),
  PORT: '0',
  LOG_FORMAT: 'text',
  MAX_SESSIONS: '10000000',
}
try {
  const ingested = spawnSync(process.execPath, ['src/cli/pellucid.js', 'ingest', ...folders], {
    cwd: ROOT,
    env: environment,
    encoding: 'utf8',
  })
  console.log(ingested.stdout.trim().split('\n').at(-1))

  const reference = await start(['--input-type=module', '-e', bareFastify()])
  const questions = await loadQuestions(folders)
  const server = await start(['--import', './otel/register.ts', '--cpu-prof', `--cpu-prof-dir=${work}`, 'src/server.ts'])
  await warmUp(server.address, questions)

  const requests = await spread(server.address, questions)
  console.log('\n| connections | turns/s | of bare Fastify | p50 ms | p99 ms | other than 200 |')
  console.log('|---|---|---|---|---|---|')
  for (const connections of CONNECTIONS) {
    const bare = await load(reference.address, requests, connections)
    const full = await load(server.address, requests, connections)
    const share = (full.requests.average / bare.requests.average).toFixed(3)
    console.log(
      `| ${connections} | ${full.requests.average.toFixed(0)} | ${share} | ${full.latency.p50} | ${full.latency.p99} | ${full.non2xx + full.errors} |`,
    )
  }
  console.log(`\nRSS after the load: ${readRssMb(server.process.pid ?? 0)} MB`)
  reference.process.kill('SIGKILL')
  server.process.kill('SIGTERM')
  await once(server.process, 'exit')
  printShares(largestProfile(work))
} finally {
  rmSync(work, { recursive: true, force: true })
}

interface Started {
  readonly process: ChildProcess
  readonly address: string
}

async function start(args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await new Promise<string>(resolve => {
    child.stdout?.on('data', data => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(String(data))?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  return { process: child, address }
}

function bareFastify(): string {
  return `import Fastify from 'fastify'
    const app = Fastify()
    const receipt = { response: 'x'.repeat(400), sources: [{ passage: 'x'.repeat(600) }, { passage: 'x'.repeat(600) }] }
    app.post('/chat', async () => receipt)
    console.log(await app.listen({ port: 0, host: '127.0.0.1' }))`
}

/** Makes answerable questions from the first headings of up to 2,000 documents, evenly spaced. */
async function loadQuestions(folders: readonly string[]): Promise<string[]> {
  const files = folders
    .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)))
    .filter(file => /\.(md|html)$/.test(file))
  const step = Math.max(1, Math.floor(files.length / 2000))
  return files.flatMap((file, i) => {
    const heading = i % step === 0 ? /^#+ (.+)|<h1[^>]*>([^<]+)/m.exec(readFileSync(file, 'utf8')) : null
    const title = heading?.[1] ?? heading?.[2]
    return title === undefined ? [] : [`how do I use ${title.trim()}?`]
  })
}

async function warmUp(address: string, questions: readonly string[]): Promise<void> {
  while ((await fetch(`${address}/health/ready`)).status !== 200) await new Promise(resolve => setTimeout(resolve, 100))
  await load(
    address,
    questions.map(message => ({ message })),
    8,
  )
}

/** Spreads the questions over 500 sessions: messages of one session would wait for each other. */
async function spread(address: string, questions: readonly string[]): Promise<object[]> {
  const sessions = await Promise.all(
    Array.from(
      { length: 500 },
      async () => ((await (await fetch(`${address}/sessions`, { method: 'POST' })).json()) as { session_id: string }).session_id,
    ),
  )
  return questions.map((message, i) => ({ message, session_id: sessions[i % sessions.length] }))
}

function load(url: string, bodies: readonly object[], connections: number): Promise<autocannon.Result> {
  const requests = bodies.map(
    body =>
      ({ method: 'POST', path: '/chat', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) as const,
  )
  return autocannon({
    url,
    connections,
    duration: SECONDS,
    // Each connection starts at a random request. Otherwise all would use the same session at once.
    setupClient: client => client.setRequests(rotate(requests, Math.floor(Math.random() * requests.length))),
  })
}

function rotate<T>(list: readonly T[], by: number): T[] {
  return [...list.slice(by), ...list.slice(0, by)]
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** The largest profile is that of the main thread. Worker threads write profiles too. */
function largestProfile(folder: string): Profile {
  const profiles = readdirSync(folder)
    .filter(file => file.endsWith('.cpuprofile'))
    .map(file => readFileSync(join(folder, file), 'utf8'))
  return JSON.parse(profiles.sort((a, b) => b.length - a.length)[0] ?? '{}')
}

function printShares({ nodes, samples, timeDeltas }: Profile): void {
  const parents = new Map(nodes.flatMap(node => (node.children ?? []).map(child => [child, node.id] as const)))
  const byId = new Map(nodes.map(node => [node.id, node]))
  const componentOf = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { functionName, url } = byId.get(at)?.callFrame ?? { functionName: '', url: '' }
      if (/^\((idle|program|garbage collector)\)$/.test(functionName)) return functionName
      const part = COMPONENTS.find(([pattern]) => pattern.test(url))
      if (part !== undefined) return part[1]
    }
    return 'Node (HTTP, sockets, timers)'
  }
  const components = new Map(nodes.map(({ id }) => [id, componentOf(id)]))
  const times = new Map<string, number>()
  samples.forEach((id, i) => {
    const part = components.get(id) ?? '?'
    times.set(part, (times.get(part) ?? 0) + (timeDeltas[i] ?? 0))
  })
  times.delete('(idle)')
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  console.log('\n| component | share of the main thread |\n|---|---|')
  for (const [part, time] of [...times].sort((a, b) => b[1] - a[1]))
    console.log(`| ${part} | ${((100 * time) / total).toFixed(1)} % |`)
}
