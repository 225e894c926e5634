import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { pino } from 'pino'
import t from 'tap'
import background from '../../../plugins/background.ts'
import logging, { type LoggingOptions } from '../../../plugins/logging/logging.ts'
import { loadConfig } from '../../../src/config.ts'
import type { RetentionReport } from '../../../src/logging/retention/retention-run.ts'

const LONG_AGO_S = Date.UTC(2020, 0, 1) / 1000

function createWorld(t: { teardown(fn: () => unknown): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-logging-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  const lines: Record<string, unknown>[] = []
  const loggerInstance = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  async function start(options: Partial<LoggingOptions> = {}) {
    const app = Fastify({ loggerInstance })
    app.register(background)
    app.register(logging, { config: loadConfig({ LOG_DIR: dir, NODE_ENV: 'production' }), ...options })
    t.teardown(() => app.close())
    await app.ready()
    return app
  }
  const put = (stream: string, day: string) => {
    mkdirSync(join(dir, stream), { recursive: true })
    const path = join(dir, stream, `${stream}.${day}.1.log`)
    writeFileSync(path, 'x'.repeat(1000))
    utimesSync(path, LONG_AGO_S, LONG_AGO_S)
    return path
  }
  return { start, put, lines }
}

t.test('the start deletes what is too old, says so in one line, and tells whoever asked', async t => {
  const { start, put, lines } = createWorld(t)
  const old = put('debug', '2020-01-01')
  const told = Promise.withResolvers<RetentionReport>()
  await start({ onRetention: async report => told.resolve(report) })
  t.match((await told.promise).deleted, [{ file: 'debug/debug.2020-01-01.1.log', bytes: 1000, reason: 'age' }])
  t.notOk(existsSync(old))
  const said = lines.filter(({ function: name }) => name === 'retain')
  t.match(said, [{ module: 'logging', deleted: 1, compressed: 0, leftovers: 0, msg: 'Compressed and deleted old log files' }])
  t.equal(said.length, 1)
})

t.test('a log with nothing to do is not spoken of', async t => {
  const { start, put, lines } = createWorld(t)
  put('error', new Date().toISOString().slice(0, 10))
  const app = await start({ onRetention: async () => void t.fail('nothing was done') })
  await app.close()
  t.same(lines, [])
})

t.test(
  'a second server that writes to the same LOG_DIR says so at its start',
  { skip: process.platform !== 'linux' },
  async t => {
    const { start, lines } = createWorld(t)
    const first = await start()
    t.same(lines, [])
    await start()
    t.match(lines, [{ level: 40, function: 'start', msg: /Another server writes to the same LOG_DIR/ }])
    await first.close()
  },
)
