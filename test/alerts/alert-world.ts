import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { receivePosts } from '../src/watch/channels/receivers.ts'
import { cleanEnvironment, makeFolders, type ServerWorld, startServer } from '../worlds/server-world.ts'

const BIN = join(import.meta.dirname, '../../src/cli/pellucid.js')
const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }
/** A rule that fires as soon as a session is open, and is resolved as soon as none is. */
export const SESSION_RULE = 'session_limit: { threshold: 0.0001, for_s: 0, keep_firing_s: 0 }'

interface Sent {
  readonly kind: string
  readonly title: string
  readonly links: Readonly<Record<string, string>>
  readonly alerts?: readonly { readonly rule: string }[]
}

/** A server with a `monitoring.yaml`, a webhook that keeps what it gets, and the command. */
export async function openAlertWorld(t: Test, settings = '', channels = '', environment: Record<string, string> = {}) {
  const { posts, state, url } = await receivePosts(t)
  const folders = makeFolders(t)
  const file = join(t.testdir(), 'monitoring.yaml')
  const write = (more: string, other = '') =>
    writeFileSync(
      file,
      `evaluation_interval_s: 1\n${more}\nchannels:\n  webhook: { enabled: true, url: "env:HOOK_URL", secret_env: HOOK_SECRET }\n${other}\n`,
    )
  write(settings, channels)
  const env = { ...QUIET, MONITORING_CONFIG: file, HOOK_URL: `${url}/hook`, HOOK_SECRET: 'hush', ...environment }
  const start = (port = '0') => startServer(t, { ...env, PORT: port }, folders)
  const commandEnv = { ...cleanEnvironment(), DATA_DIR: folders.dataDir, LOG_DIR: folders.logDir, ...env }
  const pellucid = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { env: commandEnv, encoding: 'utf8' })
    return { code: status, out: stdout, err: stderr }
  }
  /** Runs the command while the receivers of this process answer. */
  const launch = (...args: string[]) => {
    const child = spawn(process.execPath, [BIN, ...args], { env: commandEnv })
    const ended = once(child, 'exit').then(([code]) => code as number | null)
    t.teardown(() => child.kill('SIGKILL'))
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        output += chunk
      })
    const stop = () => {
      child.kill()
      return ended
    }
    return { ended, output: () => output, stop }
  }
  const run = async (...args: string[]) => {
    const { ended, output } = launch(...args)
    const code = await ended
    return { code, out: output() }
  }
  const sent = () => posts.map(({ body }) => JSON.parse(body) as Sent)
  const has = (kind: string) => () => sent().some(each => each.kind === kind)
  return { start, pellucid, run, launch, sent, has, write, state, ...folders }
}

export async function openSession({ address }: ServerWorld): Promise<string> {
  const reply = await fetch(`${address}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  return ((await reply.json()) as { session_id: string }).session_id
}

export async function askAdmin(
  { address, dataDir }: ServerWorld,
  path: string,
): Promise<{ status: number; body: Record<string, unknown[]> }> {
  const authorization = `Bearer ${readFileSync(join(dataDir, 'machine.token'), 'utf8').trim()}`
  const reply = await fetch(`${address}${path}`, { headers: { authorization } })
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown[]> }
}

/** A rule that fires and ends without waiting, as text of `monitoring.yaml`. */
export const now = (id: string, more = '') => `${id}: { for_s: 0, keep_firing_s: 0${more} }`
export const rules = (...each: readonly string[]) => `alerts: { rules: { ${each.join(', ')} } }`

export async function isFiring(server: ServerWorld, rule: string): Promise<boolean> {
  const { alerts = [] } = (await askAdmin(server, '/admin/alerts')).body
  return (alerts as { rule: string; phase: string }[]).some(alert => alert.rule === rule && alert.phase === 'firing')
}

export function post({ address }: ServerWorld, path: string, body: unknown): Promise<Response> {
  return fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}
