import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import logErasure from '../../../plugins/store/log-erasure.ts'
import { createPseudonymizer } from '../../../src/access/pseudonym.ts'
import { readLogErasures } from '../../../src/database/privacy/log-erasures.ts'
import { openWorld } from '../../src/database/world.ts'

t.test('a log file that cannot be searched is tried again after ten minutes, or for a new erasure', async t => {
  const { database, path } = openWorld(t)
  const dir = dirname(path)
  const file = join(dir, 'info', 'info.2026-01-15.1.log.gz')
  mkdirSync(dirname(file))
  writeFileSync(file, 'not compressed')
  const failures: unknown[] = []
  let time = 0
  let erase: (() => Promise<void>) | undefined
  const background = {
    repeat(_intervalMs: number, _name: string, run: () => Promise<void>) {
      erase = run
      return { runNow() {} }
    },
    closing: new AbortController().signal,
  }
  const write = (line: string) => void failures.push(JSON.parse(line))
  const fastify = Fastify({ logger: { level: 'error', stream: { write } } })
  const provide = (name: string, decorator: string, value: unknown) =>
    fastify.register(fp(async app => void app.decorate(decorator, value as never), { name }))
  provide('background', 'background', background)
  provide('database-manager', 'databaseManager', { manager: database })
  provide('pseudonym', 'pseudonym', createPseudonymizer('key'))
  fastify.register(logErasure, { config: { dataDir: dir, logDir: dir }, now: () => time })
  await fastify.ready()
  t.teardown(() => fastify.close())

  await database.write('requestLogErasure', ['s_1'])
  for (const _ of [1, 2, 3]) await erase?.()
  t.equal(failures.length, 1)
  await database.write('requestLogErasure', ['s_2'])
  for (const _ of [1, 2, 3]) await erase?.()
  t.equal(failures.length, 2)
  time += 600_000
  await erase?.()
  t.equal(failures.length, 3)
  writeFileSync(file, gzipSync('{}\n'))
  time += 600_000
  await erase?.()
  t.equal(readLogErasures(database), undefined)
})
