import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../../bench/harness/network.ts'
import { until } from '../../worlds/until.ts'

/** Not root: Elasticsearch refuses it. */
const NOBODY = 65_534

export interface Elasticsearch {
  readonly url: string
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
  /** Sends a request; an object is sent as JSON, a text as lines of JSON. */
  readonly ask: (
    method: string,
    path: string,
    body?: object | string,
  ) => Promise<{ status: number; body: Record<string, unknown> }>
}

/** Starts a real Elasticsearch in a folder of its own, removed after the test. */
export async function startElasticsearch(t: { teardown(end: () => unknown): void }): Promise<Elasticsearch> {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-elasticsearch-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  cpSync(process.env.ELASTICSEARCH_HOME ?? '', folder, { recursive: true })
  const [port = 0] = await freePorts(1)
  const settings = [
    'discovery.type: single-node',
    'network.host: 127.0.0.1',
    `http.port: ${port}`,
    'xpack.security.enabled: false',
  ]
  writeFileSync(join(folder, 'config/elasticsearch.yml'), `${settings.join('\n')}\n`)
  execFileSync('chown', ['-R', String(NOBODY), folder])
  const url = `http://127.0.0.1:${port}`
  let stop = async () => {}
  t.teardown(() => stop())

  async function ask(method: string, path: string, body?: object | string) {
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json'
    const text = typeof body === 'object' ? JSON.stringify(body) : body
    const reply = await fetch(`${url}/${path}`, {
      method,
      headers: { 'content-type': type },
      ...(text !== undefined && { body: text }),
    })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  async function start(): Promise<void> {
    const child = spawn(
      'setpriv',
      [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--pdeathsig', 'KILL', join(folder, 'bin/elasticsearch')],
      {
        env: { PATH: process.env.PATH, HOME: folder, ES_JAVA_HOME: javaHome(), ES_JAVA_OPTS: '-Xms512m -Xmx512m' },
        stdio: 'ignore',
      },
    )
    const exited = once(child, 'exit')
    stop = async () => {
      child.kill('SIGTERM')
      await exited
    }
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`Elasticsearch ended with ${child.exitCode}`)
      return ask('GET', '_cluster/health?wait_for_status=yellow').then(
        ({ status }) => status === 200,
        () => false,
      )
    })
  }
  await start()
  return { url, ask, start, stop: () => stop() }
}

function javaHome(): string {
  const properties = execFileSync('sh', ['-c', 'java -XshowSettings:properties -version 2>&1'], { encoding: 'utf8' })
  return /java\.home = (.+)/.exec(properties)?.[1] ?? ''
}
