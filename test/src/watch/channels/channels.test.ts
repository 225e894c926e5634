import { createHmac } from 'node:crypto'
import t, { type Test } from 'tap'
import { createEmailChannel } from '../../../../src/watch/channels/email.ts'
import type { Channel } from '../../../../src/watch/channels/notification.ts'
import { createSlackChannel } from '../../../../src/watch/channels/slack.ts'
import { createWebhookChannel } from '../../../../src/watch/channels/webhook.ts'
import { notificationOf, receiveMail, receivePosts } from './receivers.ts'

const NEVER = new AbortController().signal
const mailTo = (smtpUrl: string, recipients: readonly string[] = ['a@example.com']) =>
  createEmailChannel({ smtpUrl, recipients, hostname: 'chat.example.com' })

async function failure(channel: Channel, signal: AbortSignal = NEVER): Promise<string> {
  try {
    return `delivered: ${await channel.send(notificationOf(), signal)}`
  } catch (error) {
    return (error as Error).message
  }
}

t.test('a mail reaches all recipients as text and HTML, over STARTTLS where it is offered', async t => {
  const { mails, port } = await receiveMail(t)
  const channel = mailTo(`smtp://127.0.0.1:${port}?verify=off`, ['a@example.com', 'b@example.com'])
  const hostile = notificationOf({ title: 'High\r\nBcc: x@example.com', facts: [['<b>', '"&"']] })
  t.match(await channel.send(hostile, NEVER), /^250/)
  const [mail] = mails
  t.match(mail, { recipients: ['a@example.com', 'b@example.com'], secure: true, from: { address: 'pellucid@chat.example.com' } })
  t.match(mail?.subject, /^\[critical\] High.*Bcc: x@example\.com: More requests fail than usual$/)
  t.equal(mail?.messageId, '<n1@chat.example.com>')
  t.match(mail?.text, /More requests fail than usual\n\n<b> {2}"&"/)
  t.match(mail?.html, /&lt;b&gt;.*&quot;&amp;&quot;/s)
  t.match(mail?.html, /<code>pellucid logs --errors --since 15m<\/code>/)
})

t.test('a mail is sent without TLS where it is not offered, but credentials only to this machine', async t => {
  const { mails, port } = await receiveMail(t, { disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
  t.match(await mailTo(`smtp://127.0.0.1:${port}`).send(notificationOf(), NEVER), /^250/)
  t.match(await mailTo(`smtp://operator:right@127.0.0.1:${port}`).send(notificationOf(), NEVER), /^250/)
  t.match(mails, [{ secure: false }, { secure: false, user: 'operator' }])
})

t.test('smtps is TLS from the first byte, with credentials', async t => {
  const { mails, port } = await receiveMail(t, { secure: true })
  t.match(await mailTo(`smtps://operator:right@127.0.0.1:${port}?verify=off`).send(notificationOf(), NEVER), /^250/)
  t.match(mails, [{ secure: true, user: 'operator' }])
  t.match(await failure(mailTo(`smtps://operator:right@127.0.0.1:${port}`)), /SELF_SIGNED|ESOCKET|ETLS/)
})

t.test('a refusal is described without password and recipients', async t => {
  const { port } = await receiveMail(t, {
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('no') ? done(Object.assign(new Error(`${address} is unknown`), { responseCode: 550 })) : done(),
  })
  const wrong = await failure(mailTo(`smtp://operator:S3CRET@127.0.0.1:${port}?verify=off`))
  t.match(wrong, /EAUTH.*535/)
  t.notMatch(wrong, /S3CRET/)
  const unknown = await failure(mailTo(`smtp://127.0.0.1:${port}?verify=off`, ['no@example.com']))
  t.match(unknown, /550/)
  t.notMatch(unknown, /no@example/)
  const partly = await failure(mailTo(`smtp://127.0.0.1:${port}?verify=off`, ['no@example.com', 'yes@example.com']))
  t.match(partly, /^delivered: .*1 recipients refused/)
  t.match(await failure(mailTo('smtp://127.0.0.1:1')), /ECONNREFUSED|ESOCKET/)
})

t.test('a mail server that hangs is given up', async t => {
  const { port } = await receiveMail(t, { onConnect() {} })
  const stop = new AbortController()
  const sending = failure(mailTo(`smtp://127.0.0.1:${port}`), stop.signal)
  setTimeout(() => stop.abort(), 20)
  t.match(await sending, /mail server/)
})

t.test('a report is sent with its own page and its attachments', async t => {
  const { mails, port } = await receiveMail(t)
  const report = notificationOf({
    kind: 'report',
    html: '<p>Own page</p>',
    attachments: [{ name: 'report.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1').toString('base64') }],
  })
  await mailTo(`smtp://127.0.0.1:${port}?verify=off`).send(report, NEVER)
  t.match(mails[0], { html: /Own page/, attachments: [{ filename: 'report.pdf', mimeType: 'application/pdf' }] })
})

t.test('Slack gets blocks with escaped text', async t => {
  const { posts, url } = await receivePosts(t)
  const channel = createSlackChannel({ webhookUrl: `${url}/T0/B0/SECRET` })
  t.equal(await channel.send(notificationOf({ summary: 'a <b> & c' }), NEVER), '200 ok')
  const message = JSON.parse(posts[0]?.body ?? '')
  t.match(message.text, '[critical] High error rate: a &lt;b&gt; &amp; c')
  t.same(
    message.blocks.map(({ type }: { type: string }) => type),
    ['header', 'section', 'section', 'section', 'section'],
  )
  t.match(JSON.stringify(message), /<http:\/\/127\.0\.0\.1:8000\/runbooks\/high_error_rate\|Read more>/)
})

t.test('a webhook gets signed JSON with an idempotency key', async t => {
  const { posts, url } = await receivePosts(t)
  const now = () => Date.UTC(2026, 0, 1)
  await createWebhookChannel({ url, secret: 'hush', now }).send(notificationOf(), NEVER)
  const [post] = posts
  t.match(JSON.parse(post?.body ?? ''), {
    id: 'n1',
    kind: 'alert',
    alerts: [{ rule: 'high_error_rate' }],
    created_at: '2026-01-01T00:00:00.000Z',
  })
  t.equal(post?.headers['idempotency-key'], 'n1')
  const timestamp = post?.headers['x-pellucid-timestamp']
  const expected = createHmac('sha256', 'hush').update(`${timestamp}.${post?.body}`).digest('hex')
  t.equal(post?.headers['x-pellucid-signature'], `sha256=${expected}`)
  await createWebhookChannel({ url, now }).send(notificationOf(), NEVER)
  t.notOk(posts[1]?.headers['x-pellucid-signature'])
})

t.test('what a receiver answers is reported shortly, without the address; redirects are not followed', async t => {
  const answers = async (t: Test, answer: Parameters<typeof receivePosts>[1]) => {
    const { url, posts } = await receivePosts(t, answer)
    const said = await failure(createSlackChannel({ webhookUrl: `${url}/SECRET` }))
    t.notMatch(said, /SECRET|127\.0\.0\.1/)
    t.equal(posts.length, 1)
    return said
  }
  t.match(await answers(t, reply => void reply.writeHead(500).end('x'.repeat(1e6))), /^The receiver answered 500 x{200}$/)
  t.match(await answers(t, reply => void reply.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()), /answered 302/)
  t.match(await answers(t, reply => void reply.destroy()), /^No connection: (ECONNRESET|UND_ERR_SOCKET)$/)
  const busy = await receivePosts(t, reply => void reply.writeHead(429, { 'retry-after': '7' }).end())
  const refusal = await createSlackChannel({ webhookUrl: busy.url })
    .send(notificationOf(), NEVER)
    .catch((error: unknown) => error)
  t.match(refusal, { retryAfterMs: 7000 })
  const silent = await receivePosts(t, () => undefined)
  t.match(await failure(createSlackChannel({ webhookUrl: silent.url }), AbortSignal.timeout(50)), /^No connection: timed out/)
})
