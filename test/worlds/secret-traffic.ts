import type { SecretText } from './secrets.ts'
import {
  fromProgram,
  fromSlack,
  fromTeams,
  fromTelegram,
  programMessage,
  type SignedRequest,
  slackDirect,
  slackMention,
  teamsActivity,
  telegramUpdate,
} from './webhooks/webhook-requests.ts'

/** Sends a request to the server under test and returns the body of its reply. */
export type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>
// biome-ignore lint/suspicious/noExplicitAny: the shape of a reply depends on the route
export type Reply = any

/** Sends messages to one session and returns the reply to each. */
export type Say = (message: string) => Promise<void>

/** Messages that pass a text to each command, in every argument that takes or may quote it. */
export const COMMAND_MESSAGES: Readonly<Record<string, (text: string) => readonly string[]>> = {
  help: text => [`/help ${text}`, `/help "${text}"`],
  search: text => [`/search ${text}`, `/search "${text}"`, `/search --query ${text}`],
  sources: text => ['/sources', `/sources ${text}`],
  why: text => ['/why', `/why ${text}`],
  history: text => ['/history 50', `/history ${text}`, `/history --n=${text}`],
  status: text => ['/status', `/status --${text}`],
  clear: text => [`/clear ${text}`],
  feedback: text => [`/feedback bad ${text}`, `/feedback ${text}`, `/feedback good --comment '${text}'`],
  forget: text => [`/forget ${text}`, '/forget'],
}

/** Calls a route with a text in every part that takes one. `topic` is one unusual word. */
type UseRoute = (send: Send, secret: SecretText, topic: string) => Promise<unknown>

const userId = ({ text }: SecretText) => text.slice(0, 256)
const documentOf = (send: Send, id: string, text: string, title?: string) =>
  send('PUT', `/documents/${encodeURIComponent(id)}`, { format: 'text', text, title })
const openTurn = async (send: Send, secret: SecretText) =>
  send('POST', '/chat', { message: secret.text, user_id: userId(secret) })

/** Without the secrets of {@link WEBHOOK_SECRETS}, the routes do not exist. */
const sendSigned = (send: Send, { path, headers, body }: SignedRequest) => send('POST', path, body, headers)

export const ROUTE_REQUESTS: Readonly<Record<string, UseRoute>> = {
  async 'post /chat'(send, { text }, topic) {
    await send('POST', '/chat', { message: text, session_id: text.slice(0, 128), user_id: text })
    await send('POST', '/chat', { message: text, [text]: text })
    await send('POST', '/chat', `{"message": "${text}`)
    await send('POST', '/chat', { message: text }, headersOf(text))
    await send('POST', '/chat', { message: text }, headersOf(text))
    await send('POST', '/chat', { message: `${topic} ${text}\n`.repeat(40).slice(0, 8000) })
  },
  async 'post /sessions'(send, secret) {
    await send('POST', '/sessions', { user_id: userId(secret) })
    await send('POST', '/sessions', { [secret.text]: 1 })
  },
  'get /sessions/{id}': (send, { text }) => send('GET', `/sessions/${encodeURIComponent(text)}`),
  async 'get /sessions/{id}/turns'(send, secret) {
    const { session_id } = await openTurn(send, secret)
    await send('GET', `/sessions/${session_id}/turns`)
    await send('GET', `/sessions/${session_id}/turns?before=${encodeURIComponent(secret.text)}`)
    await send('GET', `/sessions/${encodeURIComponent(secret.text)}/turns`)
  },
  async 'delete /sessions/{id}'(send, secret) {
    const { session_id } = await openTurn(send, secret)
    await send('DELETE', `/sessions/${session_id}`)
    await send('DELETE', `/sessions/${encodeURIComponent(secret.text)}`)
  },
  async 'get /turns/{id}'(send, secret) {
    const { turn_id } = await openTurn(send, secret)
    await send('GET', `/turns/${turn_id}`)
    await send('GET', `/turns/${encodeURIComponent(secret.text)}`)
  },
  async 'post /turns/{id}/feedback'(send, secret) {
    const { turn_id } = await openTurn(send, secret)
    await send('POST', `/turns/${turn_id}/feedback`, { correct: false, comment: secret.text })
    await send('POST', `/turns/${turn_id}/feedback`, { correct: secret.text })
    const named = `judged/${secret.kind} ${secret.text}`
    await documentOf(send, named, 'A judged document.')
    for (const document_id of [named, `no-such/${secret.text}`])
      await send('POST', `/turns/${turn_id}/feedback`, { correct: false, document_id })
    await send('GET', `/turns/${turn_id}`)
    await send('POST', `/turns/${encodeURIComponent(secret.text)}/feedback`, { correct: true, comment: secret.text })
  },
  async 'get /search'(send, { text }) {
    await send('GET', `/search?q=${encodeURIComponent(text)}`)
    await send('GET', `/search?${encodeURIComponent(text)}=1`)
    await send('GET', `/search?q=a&limit=${encodeURIComponent(text)}`)
  },
  async 'put /documents/{id}'(send, { text, value, kind }, topic) {
    // As part of a path. Some kinds are recognized only by the words before them.
    const isRecognizedAlone = !['phone', 'token', 'secret', 'credentials'].includes(kind)
    const ids = [`d4/${value}`, `customers/${value}.md`, `scan_${value}`, `d4/${encodeURIComponent(value)}`]
    for (const id of isRecognizedAlone ? ids : []) await documentOf(send, id, 'A scan.')
    await documentOf(send, text, `The ${topic} note says: ${text}`, `${topic} ${text}`)
    await documentOf(send, `notes/${kind} ${text}`, `${topic}\n\n${text}`)
    await documentOf(send, `headed-${kind}`, `# ${topic} ${text}\n\n## ${text}\n\nSee above.`)
    // The sentence is too long to be quoted whole, and the quotation ends within the secret.
    for (const filler of [230, 260, 280])
      await documentOf(
        send,
        `long-${kind}-${filler}`,
        `The ${topic}long gadget ${'is so '.repeat(50).slice(0, filler - 30)}: ${text} ${'and on '.repeat(60)}`,
      )
    await send('PUT', `/documents/${encodeURIComponent(text)}`, { format: text, text })
  },
  'get /documents': (send, { text }) => send('GET', `/documents?after=${encodeURIComponent(text)}`),
  async 'get /documents/{id}'(send, { text }) {
    await send('GET', `/documents/${encodeURIComponent(text)}`)
    await send('GET', `/documents/no-such/${encodeURIComponent(text)}`)
  },
  async 'delete /documents/{id}'(send, { text }) {
    await send('DELETE', `/documents/${encodeURIComponent(text)}`)
    await send('DELETE', `/documents/no-such/${encodeURIComponent(text)}`)
  },
  'get /admin/analysis/{name}': (send, { text }) => send('GET', `/admin/analysis/errors?since=${encodeURIComponent(text)}`),
  'get /admin/alerts': (send, { text }) => send('GET', `/admin/alerts?${encodeURIComponent(text)}`),
  'get /admin/alerts/history': (send, { text }) =>
    send('GET', `/admin/alerts/history?rule=${encodeURIComponent(text)}&since=${encodeURIComponent(text)}`),
  'get /admin/log-level': (send, { text }) => send('GET', `/admin/log-level?${encodeURIComponent(text)}`),
  async 'put /admin/log-level'(send, { text }) {
    const scope = { level: 'INFO', minutes: 1 }
    await send('PUT', '/admin/log-level', { ...scope, module: text.slice(0, 64) })
    await send('PUT', '/admin/log-level', { level: text, minutes: 1 })
  },
  async 'post /admin/sessions/{id}/open'(send, secret) {
    const { session_id } = await openTurn(send, secret)
    await send('POST', `/admin/sessions/${session_id}/open`, { reason: `For ${secret.text}`.slice(0, 500) })
    await send('POST', `/admin/sessions/${encodeURIComponent(secret.text)}/open`, { reason: secret.text.slice(0, 500) })
    await send('POST', `/admin/sessions/s_${encodeURIComponent(secret.text)}/open?before=1`, { reason: 'why', [secret.text]: 1 })
  },
  async 'post /webhooks/slack'(send, { text }) {
    for (const event of [
      slackMention(text),
      slackDirect(text, { user: text, channel: text }),
      slackMention('', { event: { type: text } }),
    ])
      await sendSigned(send, fromSlack(event))
    await sendSigned(send, { ...fromSlack({ text }), headers: headersOf(text) })
  },
  async 'post /webhooks/telegram'(send, { text }) {
    for (const message of [{}, { chat: { id: text }, from: { id: text, first_name: text } }, { [text]: text }])
      await sendSigned(send, fromTelegram(telegramUpdate(text, message)))
  },
  async 'post /webhooks/teams'(send, { text }) {
    await sendSigned(send, fromTeams(teamsActivity(text, { from: { id: text, name: text }, [text]: text })))
  },
  async 'post /webhooks/generic'(send, { text }) {
    await sendSigned(send, fromProgram(programMessage(text, { user_id: text, conversation_id: text, event_id: text })))
    await sendSigned(send, fromProgram(programMessage(text, { [text]: text })))
    await sendSigned(send, fromProgram({ message: 1, event_id: text }))
  },
  'get /health': (send, { text }) => send('GET', `/health?${encodeURIComponent(text)}`),
  'get /health/live': (send, { text }) => send('GET', `/health/live?${encodeURIComponent(text)}`),
  'get /health/ready': (send, { text }) => send('GET', `/health/ready?${encodeURIComponent(text)}`),
  'get /metrics': (send, { text }) => send('GET', `/metrics?${encodeURIComponent(text)}`),
  'get /hello': (send, { text }) => send('GET', `/hello?${encodeURIComponent(text)}`, undefined, headersOf(text)),
  'get /cause-error': (send, { text }) => send('GET', `/cause-error?${encodeURIComponent(text)}`),
}

/** Sends a secret in questions and in every command of one session. */
export async function converse(say: Say, { text }: SecretText, topic: string): Promise<void> {
  const questions = [
    text,
    `What does the ${topic} note say?`,
    `What is the ${topic}long gadget?`,
    `And what about ${text}?`,
    'And on Windows?',
    `What does the ${topic.slice(0, -1)} note say?`,
  ]
  for (const question of questions) {
    await say(question)
    for (const command of ['/why', '/sources', '/history']) await say(command)
  }
  for (const [name, messages] of Object.entries(COMMAND_MESSAGES)) {
    // Without an earlier question a command has nothing to show.
    if (name !== 'forget') await say(text)
    for (const message of messages(text)) await say(message)
  }
  for (const message of [`/${text}`, `//${text}`, `/search '${text}`]) await say(message)
}

/** Headers that may hold a text, for a text that a header can hold. */
export function headersOf(text: string): Record<string, string> {
  const value = /^[\x20-\x7e]+$/.test(text) ? text.slice(0, 255) : undefined
  if (value === undefined) return {}
  return {
    'idempotency-key': value,
    'x-request-id': value,
    'user-agent': value,
    referer: value,
    baggage: `user=${value}`,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    // An underscore before a value may hide it from a pattern.
    tracestate: `v=my_${value.replace(/[,=]/g, '_')}`,
    cookie: value,
  }
}
