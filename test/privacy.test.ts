import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { COMMANDS } from '../src/commands/command-table.ts'
import { startCollector } from './worlds/collector.ts'
import { COMMAND_MESSAGES, converse, ROUTE_REQUESTS, type Send } from './worlds/secret-traffic.ts'
import { fragmentsIn, loadSecretTexts } from './worlds/secrets.ts'
import { startServer } from './worlds/server-world.ts'
import { startSlackApi } from './worlds/webhooks/slack-api.ts'
import { WEBHOOK_SECRETS } from './worlds/webhooks/webhook-requests.ts'

const SECRETS = loadSecretTexts()

/** All strings in a value, including keys. Numbers are skipped: they may match by chance. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)])
}

t.test(
  'no command, route or kind of secret puts a secret into logs, the terminal, spans, metrics or the audit trail',
  async t => {
    const collector = await startCollector(t)
    const slack = await startSlackApi(t)
    const server = await startServer(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_CAPTURE_CONTENT: 'redacted',
      DIAGNOSTIC_ROUTES: 'true',
      ...WEBHOOK_SECRETS,
      WEBHOOK_SLACK_TOKEN: 'xoxb-a-token-for-tests',
      WEBHOOK_SLACK_API: slack.url,
      LOG_LEVEL: 'DEBUG',
      SLOW_QUERY_MS: '1',
      MAX_SESSIONS_PER_USER: '1000',
      MAX_EVENT_LOOP_DELAY_MS: '0',
    })
    const token = readFileSync(join(server.dataDir, 'machine.token'), 'utf8').trim()
    const send: Send = async (method, path, body, headers = {}) => {
      const reply = await fetch(`${server.address}${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          authorization: `Bearer ${token}`,
          ...headers,
        },
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      })
      const text = await reply.text()
      return reply.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text
    }

    const { paths } = await send('GET', '/docs/json')
    const routes = Object.entries<object>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method} ${path}`),
    )
    t.same(
      routes.filter(route => !(route in ROUTE_REQUESTS)),
      [],
      'every route is used',
    )
    t.same(
      COMMANDS.map(({ name }) => name).filter(name => !(name in COMMAND_MESSAGES)),
      [],
      'every command is used',
    )

    for (const [i, secret] of SECRETS.entries()) {
      const topic = `zanzi${'abcdefghijklmnop'[i]}bar`
      const { 'delete /documents/{id}': removeDocuments, ...others } = ROUTE_REQUESTS
      await others['put /documents/{id}']?.(send, secret, topic)
      const { session_id } = await send('POST', '/sessions', { user_id: secret.text.slice(0, 256) })
      const replies: string[] = []
      const say = async (message: string) => {
        const { response } = await send('POST', '/chat', { message, session_id })
        replies.push(response)
      }
      await converse(say, secret, topic)
      const isComplete = replies.some(reply => reply.includes(secret.value))
      t.ok(isComplete, `replies have the full text of the kind ${secret.kind}`)
      for (const use of Object.values(others)) await use(send, secret, topic)
      await removeDocuments?.(send, secret, topic)
      await send('GET', `/no-such-route/${encodeURIComponent(secret.text)}?${encodeURIComponent(secret.text)}`)
    }
    t.ok(slack.posts.length > SECRETS.length, 'webhooks were answered')
    const metrics = await send('GET', '/metrics')
    await server.stop()

    const files = (folder: string) =>
      globSync(join(server.logDir, folder, '*.log')).map(file => readFileSync(file, 'utf8').split('\n').filter(Boolean))
    const parsed = (lines: readonly string[]) => lines.map(line => textsOf(JSON.parse(line)).join('\n'))
    const surfaces: Readonly<Record<string, readonly string[]>> = {
      logs: ['chatbot', 'error'].flatMap(folder => files(folder).flatMap(parsed)),
      audit: files('audit').flatMap(parsed),
      terminal: server.output().split('\n'),
      telemetry: Object.values(collector.bodies).flatMap(bodies => bodies.flatMap(body => textsOf(JSON.parse(body)))),
      metrics: [String(metrics)],
    }
    for (const [name, texts] of Object.entries(surfaces)) {
      // A number of characters, of a reply or that a long line lost, may equal a part of a secret.
      const all = texts
        .join('\n')
        .replaceAll(/… \(\d+ more characters\)/g, '…')
        .replaceAll(/_chars=\d+/g, '_chars=')
      if (['logs', 'terminal', 'telemetry'].includes(name)) t.match(all, /\[card\][\s\S]*\[text\]/, `${name}: has redacted texts`)
      else t.ok(all.length > 0, `${name}: collected`)
      for (const { kind, value } of SECRETS) {
        const leaks = fragmentsIn(all, value).map(
          fragment => `${fragment} in ${texts.find(text => text.includes(fragment))?.slice(0, 400)}`,
        )
        t.same(leaks, [], `${name}: nothing of the secret of kind ${kind}`)
      }
    }
  },
)
