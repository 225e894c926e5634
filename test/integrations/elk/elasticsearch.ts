import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../../bench/harness/network.ts'
import { until } from '../../worlds/until.ts'

/** Not root: Elasticsearch refuses it. */
const NOBODY = 65_534
const API_FILES = join(import.meta.dirname, '../../../otel/elk/elasticsearch')

export interface Elasticsearch {
  readonly url: string
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
  /**
   * Sends a request, as the user `elastic` if there is a password. An object is sent as JSON, a
   * text as lines of JSON.
   */
  readonly ask: (
    method: string,
    path: string,
    body?: object | string,
  ) => Promise<{ status: number; body: Record<string, unknown> }>
  /** Counts the documents of all indices of the log that match a query. */
  readonly count: (query?: object) => Promise<number>
}

/**
 * Starts a real Elasticsearch in a folder of its own, removed after the test, with the templates of
 * otel/elk. With a password, security is on.
 */
export async function startElasticsearch(t: { teardown(end: () => unknown): void }, password = ''): Promise<Elasticsearch> {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-elasticsearch-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  cpSync(process.env.ELASTICSEARCH_HOME ?? '', folder, { recursive: true })
  const [port = 0] = await freePorts(1)
  const environment = { PATH: process.env.PATH, HOME: folder, ES_JAVA_HOME: javaHome(), ES_JAVA_OPTS: '-Xms512m -Xmx512m' }
  const settings = [
    'discovery.type: single-node',
    'network.host: 127.0.0.1',
    `http.port: ${port}`,
    `xpack.security.enabled: ${password !== ''}`,
    ...(password === '' ? [] : ['xpack.security.http.ssl.enabled: false', 'xpack.security.transport.ssl.enabled: false']),
  ]
  writeFileSync(join(folder, 'config/elasticsearch.yml'), `${settings.join('\n')}\n`)
  if (password !== '') {
    const keystore = (input: string, ...args: readonly string[]) =>
      execFileSync(join(folder, 'bin/elasticsearch-keystore'), args, {
        env: environment,
        input,
        stdio: ['pipe', 'ignore', 'inherit'],
      })
    keystore('', 'create')
    keystore(password, 'add', '-x', '-f', 'bootstrap.password')
  }
  execFileSync('chown', ['-R', String(NOBODY), folder])
  const url = `http://127.0.0.1:${port}`
  let stop = async () => {}
  t.teardown(() => stop())

  async function ask(method: string, path: string, body?: object | string) {
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json'
    const text = typeof body === 'object' ? JSON.stringify(body) : body
    const reply = await fetch(`${url}/${path}`, {
      method,
      headers: { 'content-type': type, ...(password !== '' && { authorization: `Basic ${btoa(`elastic:${password}`)}` }) },
      ...(text !== undefined && { body: text }),
    })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  async function start(): Promise<void> {
    const child = spawn(
      'setpriv',
      [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--pdeathsig', 'KILL', join(folder, 'bin/elasticsearch')],
      { env: environment, stdio: 'ignore' },
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
  async function count(query: object = { match_all: {} }): Promise<number> {
    await ask('POST', 'chatbot-logs-*/_refresh')
    return Number((await ask('POST', 'chatbot-logs-*/_count', { query })).body.count)
  }
  await start()
  await installTemplates(ask)
  return { url, ask, count, start, stop: () => stop() }
}

/** Sends the templates as the manual does, without lifecycles, which this Elasticsearch lacks. */
async function installTemplates(ask: Elasticsearch['ask']): Promise<void> {
  for (const file of globSync(['_component_template/*.json', '_index_template/*.json'], { cwd: API_FILES }).sort()) {
    const template = JSON.parse(readFileSync(join(API_FILES, file), 'utf8'))
    delete template.template.settings
    const { status, body } = await ask('PUT', file.replace('.json', ''), template)
    if (status !== 200) throw new Error(`${file}: ${JSON.stringify(body)}`)
  }
}

function javaHome(): string {
  const properties = execFileSync('sh', ['-c', 'java -XshowSettings:properties -version 2>&1'], { encoding: 'utf8' })
  return /java\.home = (.+)/.exec(properties)?.[1] ?? ''
}
