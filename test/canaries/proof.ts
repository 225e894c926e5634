import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startCollector } from '../worlds/collector.ts'
import { converse, headersOf, ROUTE_REQUESTS, type Send } from '../worlds/secret-traffic.ts'
import { cleanEnvironment, makeFolders, startServer } from '../worlds/server-world.ts'
import { ageLog } from './aged-log.ts'
import type { Canary } from './canary-kinds.ts'
import { createSearch, type Trace } from './search.ts'
import { readErased, readSinks, type Sink, textsOfLine } from './sinks.ts'

/** Parts of a canary that a sink has. */
export interface Leak {
  readonly canary: Canary
  readonly sink: Sink
  readonly traces: readonly Trace[]
  /** The text around the first part. */
  readonly excerpt: string
}

export interface Proof {
  readonly leaks: readonly Leak[]
  readonly sinks: readonly Sink[]
  readonly requests: number
}

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)

type Folders = ReturnType<typeof makeFolders>

/**
 * Sends canaries to a server, in every field, header and route and in commands, erases everything,
 * and searches all sinks for them.
 *
 * @param isThorough Whether a canary goes to every route and command, or only into a message, the
 *   headers, an unknown path, a document and feedback.
 */
export async function proveCanaries(
  t: { teardown(fn: () => unknown): void },
  canaries: readonly Canary[],
  isThorough: (canary: Canary) => boolean,
): Promise<Proof> {
  const collector = await startCollector(t)
  const temporary = mkdtempSync(join(tmpdir(), 'pellucid-canaries-'))
  t.teardown(() => rmSync(temporary, { recursive: true, force: true }))
  const folders = makeFolders(t)
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_CAPTURE_CONTENT: 'redacted',
    DIAGNOSTIC_ROUTES: 'true',
    LOG_LEVEL: 'DEBUG',
    SLOW_QUERY_MS: '1',
    MAX_SESSIONS_PER_USER: '1000',
    LOG_MAX_FILE_MB: '1',
    LOG_COMPRESS_AFTER_DAYS: '1',
    TMPDIR: temporary,
  }
  let server = await startServer(t, environment, folders)
  let credential = readFileSync(join(folders.dataDir, 'machine.token'), 'utf8').trim()
  const sessions = new Set<string>()
  const documents = new Set<string>()
  let requests = 0
  const send: Send = async (method, path, body, headers = {}) => {
    requests++
    if (method === 'PUT' && path.startsWith('/documents/')) documents.add(path)
    const reply = await fetch(`${server.address}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        authorization: `Bearer ${credential}`,
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await reply.text()
    const parsed = reply.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text
    if (typeof parsed?.session_id === 'string') sessions.add(parsed.session_id)
    return parsed
  }

  for (const [i, canary] of canaries.entries()) await (isThorough(canary) ? useAll : useFew)(send, canary, topicOf(i))
  await guessKeys(send, canaries)
  const metrics = String(await send('GET', '/metrics'))
  await useCommands(canaries.slice(0, 3), folders)
  await server.stop()
  let output = server.output()

  // A key that is valid: the server must not write it wherever its owner puts it.
  const { key } = JSON.parse(await pellucid(folders, 'keys', 'create', '--role', 'admin', '--name', 'proof', '--json'))
  const ownKey = { kind: 'valid access key', form: 'whole', text: key, value: key.slice('plc_'.length) }
  const all = [...canaries, ownKey]
  const hasSent = new Set(sessions)
  credential = key
  server = await startServer(t, { ...environment, ACCESS: 'keys' }, folders)
  await useFew(send, ownKey, topicOf(canaries.length))
  await guessKeys(send, [ownKey])
  // Sessions of a key are closed to other callers.
  for (const id of sessions) if (!hasSent.has(id)) await send('DELETE', `/sessions/${encodeURIComponent(id)}`)
  await server.stop()
  output += server.output()

  ageLog(folders.logDir)
  const commands = {
    'logs prune': await pellucid(folders, 'logs', 'prune', '--yes'),
    'pellucid logs': linesOf(await pellucid(folders, 'logs', '--json')),
    'audit show': linesOf(await pellucid(folders, 'audit', 'show', '--json')),
  }
  const own = canaries.find(({ kind }) => kind === 'mail address') ?? canaries[0]!
  const exportOf = () => pellucid(folders, 'privacy', 'export', '--user', own.text.slice(0, 256))
  const exported = {
    name: 'export of one user',
    text: await exportOf(),
    known: 'documents that answered the user',
    ownKind: own.kind,
  }
  // Before the erasure, which reaches the log.
  const written = readSinks(server, { collector, metrics, output, temporary, commands })

  server = await startServer(t, environment, folders)
  for (const path of documents) await send('DELETE', path)
  for (const id of sessions) await send('DELETE', `/sessions/${encodeURIComponent(id)}`)
  await server.stop()
  const judgements = join(temporary, 'judgements')
  await pellucid(folders, 'feedback', 'export', judgements)
  const sinks = [
    ...written,
    exported,
    { name: 'export after erasure', text: await exportOf() },
    { name: 'judgements after erasure', text: readFolder(judgements) },
    ...readErased(folders.dataDir),
  ]
  const search = createSearch(all)
  const leaks = sinks.flatMap(sink => {
    const tracesOf = search(sink.text)
    return all.flatMap(canary => {
      const traces = canary.kind === sink.ownKind ? [] : tracesOf(canary)
      const at = traces[0]?.at ?? 0
      return traces.length === 0 ? [] : [{ canary, sink, traces, excerpt: sink.text.slice(Math.max(0, at - 120), at + 60) }]
    })
  })
  return { leaks, sinks, requests }
}

/** One unusual word for each canary. */
function topicOf(i: number): string {
  return `zanzi${[...String(i)].map(digit => 'abcdefghij'[Number(digit)]).join('')}bar`
}

async function useAll(send: Send, { kind, form, text }: Canary, topic: string): Promise<void> {
  // Without what comes before it, a value may be no secret.
  const canary = { kind, form, text, value: text }
  const { 'delete /documents/{id}': removeDocuments, ...others } = ROUTE_REQUESTS
  await others['put /documents/{id}']?.(send, canary, topic)
  const { session_id } = await send('POST', '/sessions', { user_id: canary.text.slice(0, 256) })
  await converse(async message => void (await send('POST', '/chat', { message, session_id })), canary, topic)
  for (const use of Object.values(others)) await use(send, canary, topic)
  await removeDocuments?.(send, canary, topic)
  await useFew(send, canary, topic)
}

async function useFew(send: Send, { text, kind, form }: Canary, topic: string): Promise<void> {
  const path = encodeURIComponent(text)
  const id = encodeURIComponent(`notes/${kind} ${form} ${text}`)
  await send('PUT', `/documents/${id}`, { format: 'text', text: `The ${topic} note says: ${text}`, title: text })
  const { session_id, turn_id } = await send('POST', '/chat', { message: text, user_id: text.slice(0, 256) }, headersOf(text))
  await send('POST', '/chat', { message: `What does the ${topic} note say?`, session_id })
  await send('POST', '/chat', { message: '/history', session_id })
  await send('POST', '/chat', { message: text, session_id: text.slice(0, 128) })
  await send('POST', `/turns/${turn_id}/feedback`, { correct: false, comment: text, document_id: decodeURIComponent(id) })
  await send('POST', `/turns/${turn_id}/feedback`, { correct: false, document_id: text.slice(0, 512) })
  await send('GET', `/turns/${path}`, undefined, headersOf(text))
  await send('GET', `/search?q=${path}`)
  await send('GET', `/${path}?${path}`)
  await send('DELETE', `/documents/${path}`)
}

/** All at once: the server lets a client wait for each refusal of a wrong key. */
async function guessKeys(send: Send, canaries: readonly Canary[]) {
  const credentials = canaries.filter(({ text }) => /^[\x20-\x7e]+$/.test(text)).flatMap(({ text }) => [text, `Bearer ${text}`])
  await Promise.all(credentials.map(authorization => send('GET', '/admin/log-level', undefined, { authorization })))
}

/** Runs commands with canaries as arguments. Their output goes to the caller, so it is no sink. */
async function useCommands(canaries: readonly Canary[], folders: Folders) {
  for (const { text } of canaries)
    for (const args of [
      ['documents', 'list', text],
      ['documents', 'remove', text],
      ['ingest', `/no-such/${text}`],
      ['logs', '--session', text],
      ['logs', '--user', text],
      ['audit', 'show', '--event', text],
      ['privacy', 'export', '--user', text],
      ['privacy', 'erase', '--user', text],
      [text],
    ])
      await pellucid(folders, ...args).catch(() => undefined)
}

async function pellucid({ dataDir, logDir }: Folders, ...args: string[]): Promise<string> {
  const env = { ...cleanEnvironment(), DATA_DIR: dataDir, LOG_DIR: logDir }
  const { stdout } = await run(process.execPath, ['src/cli/pellucid.js', ...args], { cwd: ROOT, env, maxBuffer: 2 ** 29 })
  return stdout
}

function linesOf(output: string): string {
  return output.split('\n').filter(Boolean).map(textsOfLine).join('\n')
}

function readFolder(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}
