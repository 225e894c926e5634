/** Servers with real documents, and questions about them. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/database-manager.ts'
import { createDocumentReader } from '../../src/database/document-store.ts'
import { freePorts, untilAnswered } from './network.ts'
import { end, ROOT, type Started, startProgram } from './processes.ts'
import { cleanEnvironment } from './settings.ts'

const SESSIONS = 500
const MAX_QUESTIONS = 2000
/** The options of `npm start`. New objects get 32 MB instead of 128. */
export const START_OPTIONS = ['--max-semi-space-size=16', '--v8-pool-size=0']
/** Its environment: glibc gives memory of more than 1 MB back as soon as it is free. */
export const START_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '1048576' }

export interface ChatMessage {
  readonly message: string
  readonly session_id: string
}

/**
 * Ingests folders of documents into a data directory, which holds no audit trail, and prints the
 * number.
 */
export function ingest(folders: readonly string[], dataDir: string, logDir: string): void {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['src/cli/pellucid.js', 'ingest', ...folders], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir, LOG_DIR: logDir },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  // Servers run on copies of this folder, each with a log folder and an audit trail of its own.
  rmSync(join(dataDir, 'audit-head.sqlite'), { force: true })
  console.log(`\n${stdout.trim().split('\n').at(-1)}`)
}

/** Writes the passages of a data directory to a file of JSON Lines, for other search engines. */
export async function exportPassages(dataDir: string, file: string): Promise<void> {
  const database = openDatabase({ path: join(dataDir, 'pellucid.sqlite') })
  const { changes } = await createDocumentReader(database).changesSince(0, Number.MAX_SAFE_INTEGER)
  await database.close()
  const passages = changes.flatMap(({ title, passages }) => passages.map(passage => ({ title, ...passage })))
  writeFileSync(file, passages.map(passage => `${JSON.stringify(passage)}\n`).join(''))
}

/** Starts the server with its environment and resolves once it is ready. */
export function startServer(
  dataDir: string,
  logDir: string,
  environment: Record<string, string>,
  nodeOptions: readonly string[] = [],
  limitMs?: number,
): Promise<Started> {
  const args = [...START_OPTIONS, ...nodeOptions, '--import', './otel/register.ts', 'src/server.ts']
  const own = { DATA_DIR: dataDir, LOG_DIR: logDir, MAX_SESSIONS: '10000000' }
  return startReady(process.execPath, args, { ...START_ENVIRONMENT, ...own, ...environment }, limitMs)
}

/** A first start builds the search index, on a busy machine in a minute. */
const START_LIMIT_MS = 180_000

/** Starts a program that listens on `PORT`, and resolves once `/health/ready` answers with 200. */
export async function startReady(
  program: string,
  args: readonly string[],
  environment: Record<string, string>,
  limitMs = START_LIMIT_MS,
): Promise<Started> {
  // Chosen here, because a server without log does not print its port.
  const [port = 0] = await freePorts(1)
  const child = startProgram(program, args, { env: { ...cleanEnvironment(), PORT: String(port), ...environment } })
  child.stdout?.resume()
  const address = `http://127.0.0.1:${port}`
  await untilAnswered(async () => {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`)
    const { status } = await fetch(`${address}/health/ready`)
    if (status !== 200) throw new Error(`${args.join(' ')} is not ready: ${status}`)
  }, limitMs)
  return { process: child, pid: child.pid ?? 0, address, kill: () => end(child) }
}

/** Creates messages from the headings of documents, spread over many sessions to avoid queueing. */
export async function prepareMessages(address: string, folders: readonly string[]): Promise<ChatMessage[]> {
  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const reply = await fetch(`${address}/sessions`, { method: 'POST' })
      return ((await reply.json()) as { session_id: string }).session_id
    }),
  )
  return listQuestions(folders).map((message, i) => ({ message, session_id: sessions[i % sessions.length] ?? '' }))
}

/** A heading of Markdown, HTML or reStructuredText. */
const HEADING = /^#+ (.+)|<h1[^>]*>([^<]+)|^(\S.*)\n[=~-]{3,}$/gm

/** Asks about up to 2,000 headings, evenly spaced over the documents. */
function listQuestions(folders: readonly string[]): string[] {
  const files = folders.flatMap(folder => globSync('**/*.{md,mdx,html,rst}', { cwd: folder }).map(file => join(folder, file)))
  const headings = files.sort().flatMap(file => [...readFileSync(file, 'utf8').matchAll(HEADING)])
  if (headings.length === 0) throw new Error(`${folders.join(', ')}: no file in Markdown, HTML or reStructuredText has a heading`)
  const step = Math.max(1, headings.length / MAX_QUESTIONS)
  return Array.from({ length: Math.min(MAX_QUESTIONS, headings.length) }, (_, i) => {
    const [, ...forms] = headings[Math.floor(i * step)] ?? []
    return `how do I use ${forms.find(form => form !== undefined)?.trim()}?`
  })
}
