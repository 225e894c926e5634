import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createBodyParser } from '../../../src/json/body-parser.ts'

const invalid = (message: RegExp) => ({ name: 'ChatError', code: 'VALIDATION_ERROR', message })
/** Longer than what is parsed at once. */
const PADDING = ' '.repeat(200_000)

function open(t: Test) {
  const parser = createBodyParser()
  t.teardown(() => parser.close())
  return (json: string | Uint8Array) => parser.parse(Buffer.from(json as string))
}

/** Runs the event loop until a promise settles, and resolves to the number of its turns. */
async function countTurns(settling: Promise<unknown>): Promise<number> {
  let isSettled = false
  let turns = 0
  const settle = () => {
    isSettled = true
  }
  void settling.then(settle, settle)
  for (; !isSettled; turns++) await setImmediate()
  return turns
}

t.test('small and large bodies are parsed and refused alike', async t => {
  const parse = open(t)
  for (const padding of ['', PADDING]) {
    const where = padding === '' ? 'small' : 'large'
    t.same(await parse(`${padding}{"a":"[{,\\"\\\\","b":[1,null]}`), { a: '[{,"\\', b: [1, null] }, where)
    t.same(await parse(`${padding}${'['.repeat(32)}${']'.repeat(32)}`), JSON.parse(`${'['.repeat(32)}${']'.repeat(32)}`), where)
    await t.rejects(parse(`${padding}${'['.repeat(33)}`), invalid(/32 levels/), where)
    t.equal(((await parse(`${padding}[${'0,'.repeat(997)}0]`)) as unknown[]).length, 998, where)
    await t.rejects(parse(`${padding}[${'0,'.repeat(999)}0]`), invalid(/1000 values/), where)
    await t.rejects(parse(`${padding}[${'{},'.repeat(500)}0]`), invalid(/1000 values/), where)
    await t.rejects(parse(`${padding}{"a":`), invalid(/not valid JSON/), where)
    await t.rejects(parse(`${padding}{"__proto__":{}}`), invalid(/not allowed: __proto__/), where)
    await t.rejects(parse(`${padding}{"constructor":{"prototype":{}}}`), invalid(/not allowed: __proto__ or constructor/), where)
    await t.rejects(
      parse(Buffer.concat([Buffer.from(`${padding}"`), Buffer.of(0xe9), Buffer.from('"')])),
      invalid(/UTF-8/),
      where,
    )
  }
  await t.rejects(parse(''), invalid(/empty/))
})

t.test('the event loop runs while a large body is parsed', async t => {
  const parse = open(t)
  await parse(`${PADDING}{}`)
  const bodies = [`{"text":"${'\\"'.repeat(4_000_000)}"}`, `[${' '.repeat(8_000_000)}0]`, `{"a":${'1'.repeat(8_000_000)}}`]
  for (const body of bodies) {
    const turns = await countTurns(parse(body))
    t.ok(turns > 10, `${turns} turns while ${body.slice(0, 12)}… is parsed`)
  }
})

t.test('closing rejects bodies that wait for the thread', async t => {
  const parser = createBodyParser()
  const large = () => parser.parse(Buffer.from(`${PADDING}{}`))
  const waiting = t.rejects(Promise.all([large(), large()]), { code: 'SHUTTING_DOWN' })
  await parser.close()
  await waiting
  await t.rejects(large(), { code: 'SHUTTING_DOWN' })
})
