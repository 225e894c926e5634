import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A reply of the stand-in. */
export interface SlackReply {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: object | string
}

/** A message that was posted. */
export interface SlackPost {
  readonly path: string
  readonly authorization: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a message is what a test asserts
  readonly body: any
}

/** A stand-in for Slack's Web API. Replies `{"ok": true}`, after the replies in `next`. */
export async function startSlackApi(t: { teardown(fn: () => unknown): void }) {
  const posts: SlackPost[] = []
  const next: SlackReply[] = []
  const server = createServer(async (request, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    posts.push({
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    })
    const { status = 200, headers = {}, body = { ok: true } } = next.shift() ?? {}
    reply.writeHead(status, { 'content-type': 'application/json', ...headers })
    reply.end(typeof body === 'string' ? body : JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, posts, next }
}
