import t from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'

const DATA = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
}

t.test('replies that are data, errors among them, are not shown, embedded, guessed at or kept', async t => {
  const { call, chat } = await buildAppWorld(t)
  for (const reply of [
    await chat('hello'),
    await call('GET', '/health'),
    await call('GET', '/nowhere'),
    await call('POST', '/chat', '{'),
  ])
    t.match(reply.headers, DATA, String(reply.status))
})

t.test('pages run no script of others, and only those of the documentation run any', async t => {
  const { call } = await buildAppWorld(t)
  const [home, docs] = [await call('GET', '/'), await call('GET', '/docs/')]
  for (const { headers } of [home, docs])
    t.match(headers, { 'x-frame-options': 'SAMEORIGIN', 'x-content-type-options': 'nosniff' })
  t.notMatch(home.headers['content-security-policy'], /script-src/)
  t.match(docs.headers['content-security-policy'], "script-src 'self';")
  t.match(docs.headers['content-security-policy'], "default-src 'none'")
})
