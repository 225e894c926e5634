import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t, { type Test } from 'tap'
import { createSlackPosts } from '../../../src/webhooks/slack-posts.ts'
import { startSlackApi } from '../../worlds/webhooks/slack-api.ts'

const TOKEN = 'xoxb-a-token-for-tests'

async function build(t: Test, { retryAfterMs = [1, 1, 1, 1], closing }: { retryAfterMs?: number[]; closing?: AbortSignal } = {}) {
  const slack = await startSlackApi(t)
  const lines: Record<string, unknown>[] = []
  const write = (facts: object, message: string) => void lines.push({ ...facts, message })
  const log = { debug: write, info: write, warn: write, error: write }
  const options = { token: TOKEN, log, clock: () => performance.now(), retryAfterMs, ...(closing && { closing }) }
  return { slack, lines, post: createSlackPosts({ api: slack.url, ...options }), options }
}

t.test('a post is repeated after each failure that may pass, five times in all', async t => {
  const { slack, lines, post } = await build(t)
  slack.next.push(
    { status: 500, body: 'broken' },
    { body: { ok: false, error: 'internal_error' } },
    { body: '<html>' },
    { status: 429, body: { ok: false, error: 'ratelimited' } },
  )
  // A page instead of JSON is no success, and no error that passes.
  t.equal(await post({ text: 'one' }), false)
  t.match(lines, [{ attempts: 3, reason: 'status_200' }])
  t.equal(await post({ text: 'two' }), true)
  t.match(lines.at(-1), { attempts: 2, message: 'Slack reply posted' })
  slack.next.push(...Array(5).fill({ status: 503 }))
  t.equal(await post({ text: 'three' }), false)
  t.match(lines.at(-1), { attempts: 5, reason: 'status_503', message: 'Slack reply not posted' })
  t.equal(slack.posts.length, 10)
})

t.test('what Slack refuses is not repeated, and a redirect is not followed with the token', async t => {
  const { slack, lines, post } = await build(t)
  for (const error of ['invalid_auth', 'channel_not_found', 'msg_too_long']) {
    slack.next.push({ body: { ok: false, error } })
    t.equal(await post({}), false)
    t.match(lines.at(-1), { attempts: 1, reason: error })
  }
  slack.next.push({ status: 302, headers: { location: `${slack.url}/elsewhere` } })
  t.equal(await post({}), false)
  t.match(lines.at(-1), { attempts: 1, reason: 'status_302' })
  t.equal(slack.posts.length, 4)
  t.notMatch(JSON.stringify(lines), TOKEN)
})

t.test('a server that cannot be reached is tried again, and a closing server gives up', async t => {
  const { lines, options } = await build(t)
  const post = createSlackPosts({ ...options, api: 'http://127.0.0.1:1/api' })
  t.equal(await post({}), false)
  t.match(lines, [{ attempts: 5, message: 'Slack reply not posted' }])
  const closing = new AbortController()
  const patient = createSlackPosts({
    ...options,
    api: 'http://127.0.0.1:1/api',
    retryAfterMs: [600_000],
    closing: closing.signal,
  })
  const posted = patient({})
  closing.abort()
  t.equal(await posted, false)
})

t.test('an attempt that Slack does not answer holds no stop', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { lines, options } = await build(t)
  const closing = new AbortController()
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const posted = createSlackPosts({ ...options, api, closing: closing.signal, closingGraceMs: 1 })({})
  const [socket] = await once(server, 'connection')
  t.teardown(() => socket.destroy())
  closing.abort()
  t.equal(await posted, false)
  t.match(lines, [{ attempts: 1, reason: 'timed_out' }])
})
