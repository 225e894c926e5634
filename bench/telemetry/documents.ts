/** A server with real documents, and questions about them. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, untilAnswered } from './network.ts'
import { end, ROOT, type Started, startProgram } from './processes.ts'
import { cleanEnvironment } from './settings.ts'

const SESSIONS = 500
const MAX_QUESTIONS = 2000

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

/** Starts the server and resolves once it is ready. */
export async function startServer(dataDir: string, logDir: string, environment: Record<string, string>): Promise<Started> {
  // Chosen here, because a server without log does not print its port.
  const [port = 0] = await freePorts(1)
  const own = { PORT: String(port), DATA_DIR: dataDir, LOG_DIR: logDir, MAX_SESSIONS: '10000000' }
  const child = startProgram(process.execPath, ['--import', './otel/register.ts', 'src/server.ts'], {
    env: { ...cleanEnvironment(), ...own, ...environment },
  })
  child.stdout?.resume()
  const address = `http://127.0.0.1:${port}`
  await untilAnswered(async () => {
    const { status } = await fetch(`${address}/health/ready`)
    if (status !== 200) throw new Error(`not ready: ${status}`)
  })
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
  const files = folders
    .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)))
    .filter(file => /\.(md|html)$/.test(file))
  const headings = files.flatMap(file => [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)|<h1[^>]*>([^<]+)/gm)])
  return headings.slice(0, MAX_QUESTIONS).map(([, markdown, html], i) => ({
    message: `how do I use ${(markdown ?? html ?? '').trim()}?`,
    session_id: sessions[i % sessions.length] ?? '',
  }))
}
