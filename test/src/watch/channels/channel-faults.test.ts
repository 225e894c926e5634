import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { createEmailChannel } from '../../../../src/watch/channels/email.ts'
import type { Channel, Notification } from '../../../../src/watch/channels/notification.ts'
import { createSlackChannel } from '../../../../src/watch/channels/slack.ts'
import { createWebhookChannel } from '../../../../src/watch/channels/webhook.ts'
import { notificationOf, receiveMail, receivePosts } from './receivers.ts'

const NEVER = new AbortController().signal
const now = () => Date.UTC(2026, 0, 1)
const mailTo = (smtpUrl: string) => createEmailChannel({ smtpUrl, recipients: ['a@example.com'], hostname: 'chat.example.com' })

async function outcome(channel: Channel, changes: Partial<Notification> = {}): Promise<string> {
  try {
    return `delivered: ${await channel.send(notificationOf(changes), NEVER)}`
  } catch (error) {
    return (error as Error).message
  }
}

t.test('a receiver that repeats the address in its answer does not make it known', async t => {
  for (const status of [200, 404]) {
    const { url } = await receivePosts(t, (reply, { path }) => void reply.writeHead(status).end(`Cannot POST ${path} at ${url}`))
    for (const channel of [
      createSlackChannel({ webhookUrl: `${url}/services/T0/B0/S3CRET` }),
      createWebhookChannel({ url: `${url}/hook/x?token=S3CRET`, now }),
    ]) {
      const said = await outcome(channel)
      t.match(said, /Cannot POST/)
      t.notMatch(said, /S3CRET|T0|token/)
    }
  }
})

t.test('Retry-After may be a date', async t => {
  const later = new Date(now() + 90_000).toUTCString()
  const { url } = await receivePosts(
    t,
    reply => void reply.writeHead(503, { 'retry-after': later, date: new Date(now()).toUTCString() }).end(),
  )
  const refusal = await createWebhookChannel({ url, now })
    .send(notificationOf(), NEVER)
    .catch((error: unknown) => error)
  t.match(refusal, { retryAfterMs: 90_000 })
})

t.test('credentials in the address of a webhook are sent as such', async t => {
  const { url, posts } = await receivePosts(t)
  const withUser = url.replace('http://', 'http://user:p%40ss@')
  t.equal(await outcome(createWebhookChannel({ url: withUser, now })), 'delivered: 200 ok')
  t.equal(posts[0]?.headers.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`)
})

t.test('any text of a notification reaches every channel', async t => {
  const { url, posts } = await receivePosts(t)
  const { port, mails } = await receiveMail(t)
  const odd = {
    id: 'firing-regel-ü-✓',
    title: `Ünïcode ✓ ${'long '.repeat(100)}`,
    text: [`x${'&'.repeat(5000)}`, '```code```', ''],
    lines: ['```', '\u0000\u001b[31mred'],
    facts: Array.from({ length: 30 }, (_, i) => [`fact ${i}`, '']) as [string, string][],
  }
  for (const channel of [
    createSlackChannel({ webhookUrl: url }),
    createWebhookChannel({ url, now, secret: 'hush' }),
    mailTo(`smtp://127.0.0.1:${port}?verify=off`),
  ])
    t.match(await outcome(channel, odd), /^delivered: /, channel.name)
  t.equal(posts.length, 2)
  t.equal(mails.length, 1)
  const { blocks } = JSON.parse(posts[0]?.body ?? '')
  for (const { text } of blocks.filter((block: { text?: object }) => block.text !== undefined))
    t.notMatch(text.text, /&(?!amp;|lt;|gt;)/, 'an escaped character is not cut in two')
})

t.test('a Slack message has at most 50 blocks', async t => {
  const { url, posts } = await receivePosts(t)
  await outcome(createSlackChannel({ webhookUrl: url }), { text: Array.from({ length: 200 }, (_, i) => `paragraph ${i}`) })
  t.ok(JSON.parse(posts[0]?.body ?? '').blocks.length <= 50)
})

t.test('greylisting is a failure that names the code, and the next attempt delivers', async t => {
  let isGrey = true
  const { port, mails } = await receiveMail(t, {
    onRcptTo: (_address, _session, done) =>
      isGrey ? done(Object.assign(new Error('Greylisted a@example.com'), { responseCode: 451 })) : done(),
  })
  const channel = mailTo(`smtp://127.0.0.1:${port}?verify=off`)
  const said = await outcome(channel)
  t.match(said, /451/)
  t.notMatch(said, /a@example/)
  isGrey = false
  t.match(await outcome(channel), /^delivered: 250/)
  t.equal(mails.length, 1)
})

t.test('a mail server that ends the connection or speaks another protocol is a failure', async t => {
  const answerWith = async (t: Test, bytes: string) => {
    const server = createServer(socket => {
      socket.on('error', () => undefined)
      socket.end(bytes)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const address = server.address()
    return typeof address === 'object' ? address?.port : undefined
  }
  for (const bytes of ['', 'HTTP/1.1 400 Bad Request\r\n\r\n', '220 ready\r\n', '554 a@example.com go away\r\n']) {
    const said = await outcome(mailTo(`smtp://u:S3CRET@127.0.0.1:${await answerWith(t, bytes)}`))
    t.match(said, /^The mail server/)
    t.notMatch(said, /S3CRET|a@example/)
  }
})

t.test('a password that is not encoded is used as it is', async t => {
  const { port, mails } = await receiveMail(t, { onAuth: ({ password }, _session, done) => done(null, { user: password }) })
  t.match(await outcome(mailTo(`smtp://u:100%25@127.0.0.1:${port}?verify=off`)), /^delivered/)
  t.match(await outcome(mailTo(`smtp://u:100%@127.0.0.1:${port}?verify=off`)), /^delivered/)
  t.match(mails, [{ user: '100%' }, { user: '100%' }])
})
