export interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: the reply's shape is what a test asserts
  readonly body: any
  /** Zeros if the request is not traced. */
  readonly traceId: string
  readonly tookMs: number
}

/** A client of the chatbot that records its requests and replies. */
export interface Client {
  /** Sends a request. `endpoint` is the route template; `path` defaults to it. */
  send(
    method: string,
    endpoint: string,
    more?: { path?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Reply>
  say(message: string, more?: object, headers?: Record<string, string>): Promise<Reply>
  /** Number of requests by `endpoint` and `status`, as in the metrics. */
  readonly requests: ReadonlyMap<string, number>
  /** Replies to messages, including errors. */
  readonly turns: readonly Reply[]
}

const CHATBOT = 'http://pellucid:8000'

export function createClient(): Client {
  const requests = new Map<string, number>()
  const turns: Reply[] = []
  const client: Client = {
    async send(method, endpoint, { path = endpoint, body, headers = {} } = {}) {
      const start = performance.now()
      const reply = await fetch(`${CHATBOT}${path}`, {
        method,
        headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await reply.text()
      const status = reply.status < 400 ? 'success' : reply.status < 500 ? 'client_error' : 'error'
      const key = `${endpoint} ${status}`
      requests.set(key, (requests.get(key) ?? 0) + 1)
      return {
        status: reply.status,
        body: text === '' ? undefined : JSON.parse(text),
        traceId: reply.headers.get('x-trace-id') ?? '',
        tookMs: performance.now() - start,
      }
    },
    async say(message, more = {}, headers = {}) {
      const reply = await client.send('POST', '/chat', { body: { message, ...more }, headers })
      turns.push(reply)
      return reply
    },
    requests,
    turns,
  }
  return client
}

/** Reads /metrics of the server: value by series. */
export async function scrape(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${CHATBOT}/metrics`)).text()
  return new Map([...text.matchAll(/^([^#\s].*) (\S+)$/gm)].map(([, series = '', value]) => [series, Number(value)]))
}
