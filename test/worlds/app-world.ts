import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { errnoOf } from '../../src/errors.ts'
import { currentLogContext } from '../../src/logging/record/log-context.ts'

export interface AppWorld {
  readonly app: FastifyInstance
  readonly dataDir: string
  readonly logger: Logger
  /** All lines logged so far, parsed. */
  readonly lines: readonly Record<string, unknown>[]
  /** All records of the audit trail so far, parsed. */
  trail(): Record<string, unknown>[]
  /** Sends a JSON request and parses the reply. */
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, headers?: Record<string, string>): Promise<Called>
  /** Headers of a caller with the token of the machine. */
  readonly asAdmin: Record<string, string>
  chat(message: string, more?: object, headers?: Record<string, string>): Promise<Called>
}

export interface Called {
  readonly status: number
  // The reply's shape is what a test asserts; typing it here would assert it twice.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
}

/** Builds an application in a temporary folder. Both end with the test. */
export async function buildAppWorld(
  t: { teardown(fn: () => unknown): void },
  settings: Record<string, string> = {},
): Promise<AppWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pellucid-test-'))
  const lines: Record<string, unknown>[] = []
  const logger = pino(
    { level: 'debug', mixin: () => ({ ...currentLogContext() }) },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  )
  const config = loadConfig({
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    LOG_DIR: join(dataDir, 'logs'),
    DIAGNOSTIC_ROUTES: 'true',
    // Tests must not fail on a busy machine.
    MAX_EVENT_LOOP_DELAY_MS: '0',
    ANSWER_WORKERS: '0',
    ...settings,
  })
  const app = await buildApp({ config, logger, version: '0.0.0-test' })
  await app.ready()
  t.teardown(async () => {
    await app.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const call: AppWorld['call'] = async (method, url, body, headers = {}) => {
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await app.inject({
      method,
      url,
      headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers },
      payload,
    })
    return { status: reply.statusCode, body: reply.body === '' ? undefined : parse(reply.body), headers: reply.headers }
  }
  const trail = () => {
    const dir = join(config.logDir, 'audit')
    if (!existsSync(dir)) return []
    const texts = readdirSync(dir)
      .sort()
      .map(file => readIfPresent(join(dir, file)))
    return texts.flatMap(text => text.split('\n').slice(0, -1)).map(line => JSON.parse(line))
  }
  return {
    app,
    dataDir,
    logger,
    lines,
    trail,
    call,
    asAdmin: { authorization: `Bearer ${readFileSync(join(config.dataDir, 'machine.token'), 'utf8').trim()}` },
    chat: (message, more, headers) => call('POST', '/chat', { message, ...more }, headers),
  }
}

/** A small document with facts that the embedded manual does not contain. */
export const TEA = {
  title: 'Brewing tea',
  format: 'markdown',
  text: '# Brewing tea\n\n## Green tea\n\nGreen tea is brewed at 75 degrees for two minutes.\n\n## Black tea\n\nBlack tea is brewed with boiling water for four minutes.\n',
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Retention may delete a file after the folder was listed. */
function readIfPresent(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw error
  }
}
