import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { createLevelControl } from '../../../src/logging/level-control.ts'
import { createLogger } from '../../../src/logging/logger.ts'
import { LEVELS, levelMethod } from '../../../src/logging/record/levels.ts'
import { withLogContext } from '../../../src/logging/record/log-context.ts'
import { UNREACHED_MS } from '../../worlds/time-limits.ts'

const names = LEVELS.map(({ name }) => name)

t.test('the override of a module decides before the one for all lines', async t => {
  const levels = createLevelControl('INFO')
  t.notOk(levels.admits('DEBUG', 'chat'))
  levels.add({ level: 'ERROR', until: 1 })
  levels.add({ level: 'INFO', module: 'chat', until: 2 })
  levels.add({ level: 'DEBUG', module: 'search_engine', until: 3 })
  levels.add({ level: 'CRITICAL', module: 'http', until: 4 })
  t.notOk(levels.admits('WARNING', 'database'))
  t.ok(levels.admits('INFO', 'chat'))
  t.ok(levels.admits('DEBUG', 'search_engine'))
  t.notOk(levels.admits('ERROR', 'http'))
  t.equal(levels.lowest, 'DEBUG')
  t.match(levels.expire(3), [{ level: 'INFO' }, { level: 'DEBUG' }, { level: 'ERROR' }])
  t.equal(levels.lowest, 'INFO')
  levels.add({ level: 'WARNING', module: 'http', until: 9 })
  t.match(levels.overrides, [{ level: 'WARNING', until: 9 }], 'the second for the same lines replaces the first')
})

t.test('the lowest level admits every line that is written', async t => {
  const level = fc.constantFrom(...names)
  const module = fc.option(fc.constantFrom('a', 'b'), { nil: undefined })
  const override = fc.record({ level, module, until: fc.nat(9) })
  const property = fc.property(level, fc.array(override), level, module, (base, overrides, line, ofModule) => {
    const levels = createLevelControl(base)
    for (const one of overrides) levels.add(one)
    return names.indexOf(line) >= names.indexOf(levels.lowest) || !levels.admits(line, ofModule)
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('an override for a module applies to its lines, and pino skips lines below every level', async t => {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-levels-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const { logger, levels, close } = createLogger({ level: 'INFO', dir, terminal: 'none', closeTimeoutMs: UNREACHED_MS })
  const chat = logger.child({ module: 'chat' })
  const other = logger.child({ module: 'other' })
  t.equal(logger.debug, chat.debug, 'one function that does nothing')

  levels.add({ level: 'DEBUG', module: 'chat', until: 1 })
  levels.add({ level: 'ERROR', module: 'noisy', until: 1 })
  logger.level = levelMethod(levels.lowest)
  const hostile = Object.defineProperty({}, 'module', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  chat.debug('1 seen')
  chat.child({ request_id: 'r' }).debug({}, '2 seen')
  other.debug('hidden')
  other.debug({ module: 'chat' }, '3 seen')
  withLogContext({ session_id: 'any' }, () => chat.debug('4 seen'))
  withLogContext({ session_id: 'any' }, () => other.debug('hidden'))
  chat.debug({ session_id: 'any' }, '5 seen')
  other.debug(hostile, 'hidden')
  chat.debug(hostile, '6 seen')
  other.info('7 seen')
  logger.info({ module: 'noisy' }, 'hidden')
  logger.error({ module: 'noisy' }, '8 seen')

  levels.expire(1)
  logger.level = levelMethod(levels.lowest)
  chat.debug('hidden')
  t.equal(logger.debug, chat.debug)
  await close()
  const messages = readFileSync(join(dir, 'current.log'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line).msg)
  t.same(messages, ['1 seen', '2 seen', '3 seen', '4 seen', '5 seen', '6 seen', '7 seen', '8 seen'])
})
