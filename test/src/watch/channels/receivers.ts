import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Test } from 'tap'
import type { Notification } from '../../../../src/watch/channels/notification.ts'

/** A real SMTP server on loopback that keeps what it gets. */
export async function receiveMail(t: Test, options: SMTPServerOptions = {}) {
  const mails: (Email & { recipients: readonly string[]; secure: boolean; user: unknown })[] = []
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 50,
    // Of the package: a self-signed certificate.
    onAuth: ({ username, password }, _session, done) =>
      username === 'operator' && password === 'right' ? done(null, { user: username }) : done(new Error('wrong')),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk as Buffer))
      stream.on('end', async () => {
        const mail = await PostalMime.parse(Buffer.concat(chunks))
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        mails.push({ ...mail, recipients, secure: session.secure, user: session.user })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { mails, port }
}

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A real HTTP server on loopback that keeps what it gets. `answer` may change while it runs. */
export async function receivePosts(
  t: Test,
  answer: (reply: ServerResponse, received: Received) => void = reply => void reply.end('ok'),
) {
  const posts: Received[] = []
  const state = { answer }
  const server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const received = { path: request.url ?? '', headers: request.headers, body }
    posts.push(received)
    state.answer(reply, received)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { posts, state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

export function notificationOf(changes: Partial<Notification> = {}): Notification {
  return {
    id: 'n1',
    kind: 'alert',
    severity: 'critical',
    title: 'High error rate',
    summary: 'More requests fail than usual',
    facts: [['Value', '7.5 %']],
    text: ['See which errors they are: `pellucid logs --errors --since 15m`.'],
    links: [['Read more', 'http://127.0.0.1:8000/runbooks/high_error_rate']],
    alerts: [{ rule: 'high_error_rate', value: 0.075 }],
    createdAtMs: Date.UTC(2026, 0, 1),
    ...changes,
  }
}
