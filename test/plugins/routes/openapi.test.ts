import t, { type Test } from 'tap'
import { parse, stringify } from 'yaml'
import { startTelemetry, stopTelemetry } from '../../../otel/sdk.ts'
import { ERROR_STATUSES } from '../../../plugins/edge/replies/error-reply.ts'
import { rememberIds } from '../../../plugins/routes/documentation/id-memory.ts'
import { createOpenapiTexts } from '../../../plugins/routes/documentation/openapi-texts.ts'
import { ERROR_TEXTS, type ErrorCode } from '../../../src/errors.ts'
import { type AppWorld, buildAppWorld } from '../../worlds/app-world.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly example?: unknown
  readonly schema: { readonly default?: unknown }
}

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly example?: unknown } } }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>
}

const TEA = { format: 'markdown', text: '# Tea\n\nGreen tea is brewed at 75 degrees.\n' }

type Method = 'get' | 'post' | 'put' | 'delete'

type Paths = Readonly<Record<string, Readonly<Record<Method, Operation>>>>

const operationsOf = ({ app }: AppWorld) => listOperations(app.swagger().paths as Paths)

/** The operations with the examples that the page has when it is loaded now. */
const loadOperations = async ({ app }: AppWorld) => listOperations((await app.inject('/docs/json')).json().paths)

function listOperations(paths: Paths) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method as Method, operation })),
  )
}

/** Metrics are off in tests; the documentation's example of that route needs them. */
async function buildWorld(t: Test): Promise<AppWorld> {
  Object.assign(process.env, { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none' })
  await startTelemetry()
  t.teardown(() => stopTelemetry(1000))
  return buildAppWorld(t, { DIAGNOSTIC_ROUTES: 'false' })
}

t.test('every operation has a unique id, a tag, a summary, and a description of each parameter and response', async t => {
  const operations = operationsOf(await buildAppWorld(t))
  t.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  for (const { path, method, operation } of operations) {
    const name = `${method} ${path}`
    t.match(operation, { operationId: /^[a-z]+([A-Z][a-z]+)*$/, summary: /^[A-Z].*[^.]$/, description: /^[A-Z].*\.$/s }, name)
    t.equal(operation.tags?.length, 1, name)
    for (const parameter of operation.parameters ?? []) t.match(parameter.description, /^[A-Z].*\.$/, `${name} ${parameter.name}`)
    for (const [status, response] of Object.entries(operation.responses)) {
      t.match(status, /^[1-5]\d\d$/, name)
      t.match(response.description, /\.$/, `${name} ${status}`)
      t.not(response.description, 'Default Response', `${name} ${status}`)
    }
    const codes = Object.entries(operation.responses).flatMap(([status, { description }]) =>
      [...description.matchAll(/^`([A-Z_]+)`: (.*)\.$/gm)].map(([, code, text]) => ({ status, code, text })),
    )
    t.ok(codes.some(({ code }) => code === 'INTERNAL_ERROR'))
    for (const { status, code, text } of codes) {
      t.equal(ERROR_STATUSES[code as ErrorCode], Number(status), `${name} ${code}`)
      t.equal(ERROR_TEXTS[code as ErrorCode], text)
    }
  }
})

t.test('every operation succeeds with its prefilled values and ids from where their description points', async t => {
  const world = await buildWorld(t)
  // A server watches itself when it listens.
  await world.app.listen({ port: 0 })
  while ((await world.call('GET', '/health/ready')).status !== 200);
  const { body: receipt } = await world.chat('How do I add documents?')
  const sources: Readonly<Record<string, string>> = {
    'The `session_id` in the reply of `POST /sessions` or `POST /chat`.': receipt.session_id,
    'The id of a session, or its `session_id` in the log.': receipt.session_id,
    'The `turn_id` in the reply of `POST /chat`.': receipt.turn_id,
    'A `document_id` in the reply of `GET /documents`, or one that you stored.': 'tea.md',
  }
  const operations = await loadOperations(world)
  // Deletions run last, because other operations need the session and the document.
  for (const { path, method, operation } of operations.toSorted(
    (a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'),
  )) {
    let url = path
    const query = new URLSearchParams()
    for (const { name, in: place, required, description = '', example, schema } of operation.parameters ?? []) {
      const value = example ?? schema.default ?? (required ? sources[description] : undefined)
      if (required) t.not(value, undefined, `${method} ${path}: ${name} has a value`)
      if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(String(value)))
      if (place === 'query' && value !== undefined) query.set(name, String(value))
    }
    const body = operation.requestBody?.content['application/json'].example
    if (operation.requestBody !== undefined) t.ok(body, `${method} ${path} has an example body`)
    const { status } = await world.call(
      method.toUpperCase() as 'GET',
      query.size > 0 ? `${url}?${query}` : url,
      body,
      world.asAdmin,
    )
    t.ok(status >= 200 && status < 300, `${method} ${path}: ${status}`)
    t.ok(String(status) in operation.responses, `${method} ${path} describes ${status}`)
  }
})

t.test('operations that resume a session describe the error of an expired one', async t => {
  const operations = operationsOf(await buildAppWorld(t))
  for (const id of ['sendMessage', 'getSession', 'listTurns']) {
    const found = operations.find(({ operation }) => operation.operationId === id)?.operation
    t.match(found?.responses, { 404: { description: /SESSION_NOT_FOUND/ }, 410: { description: /SESSION_EXPIRED/ } }, id)
  }
})

t.test('the prefilled message gets an answer, and the prefilled id exists, with the manual and with own documents', async t => {
  const world = await buildAppWorld(t)
  const find = async () => {
    const operations = await loadOperations(world)
    const body = operations.find(({ operation }) => operation.operationId === 'sendMessage')?.operation.requestBody
    const id = operations.find(({ operation }) => operation.operationId === 'getDocument')?.operation.parameters?.[0]?.example
    const example = body?.content['application/json'].example as { readonly message: string } | undefined
    return { message: example?.message ?? '', id: String(id) }
  }
  while ((await world.call('GET', '/health/ready')).status !== 200);
  for (const prepare of [async () => {}, () => world.call('PUT', '/documents/tea.md', TEA)]) {
    await prepare()
    const { message, id } = await find()
    t.match((await world.chat(message)).body, { kind: /answer|command/ }, message)
    t.equal((await world.call('GET', `/documents/${encodeURIComponent(id)}`)).status, 200, id)
    t.match((await world.app.inject('/')).body, `{"message":"${message}"}`)
  }
})

t.test('the ids of a reply fill the fields of the other operations, and a deletion empties them', async t => {
  const { app } = await buildAppWorld(t)
  t.match((await app.inject('/docs/static/swagger-initializer.js')).body, 'setResponse')
  const paths = app.swagger().paths as Paths
  const filled: Record<string, string> = {}
  const specActions = {
    changeParam: ([path, method]: readonly [string, string], name: string, place: string, value: string) => {
      const parameter = paths[path]?.[method as Method]?.parameters?.find(parameter => parameter.name === name)
      t.match(parameter, { in: place }, `${method} ${path}`)
      filled[`${method} ${path}`] = value
    },
  }
  const { setResponse } = rememberIds().statePlugins.spec.wrapActions
  const receive = setResponse(() => undefined, { specActions })
  receive('/chat', 'post', { ok: true, obj: { session_id: 's', turn_id: 't' } })
  receive('/documents/{id}', 'put', { ok: true, obj: { document_id: 'd' } })
  receive('/documents/{id}', 'get', { ok: false, obj: { document_id: 'wrong' } })
  t.same(filled, {
    'get /sessions/{id}': 's',
    'delete /sessions/{id}': 's',
    'get /sessions/{id}/turns': 's',
    'get /turns/{id}': 't',
    'post /turns/{id}/feedback': 't',
    'get /documents/{id}': 'd',
    'delete /documents/{id}': 'd',
  })
  receive('/sessions/{id}', 'delete', { ok: true })
  t.match(filled, { 'get /turns/{id}': '', 'get /sessions/{id}': '', 'get /documents/{id}': 'd' })
})

t.test('the icon that browsers request is served', async t => {
  const { statusCode, headers } = await (await buildAppWorld(t)).app.inject('/favicon.ico')
  t.match({ statusCode, headers }, { statusCode: 200, headers: { 'content-type': 'image/svg+xml' } })
})

t.test('the documentation has its own title and icon, and no logo of the framework', async t => {
  const { app } = await buildAppWorld(t)
  const page = await app.inject('/docs/')
  t.match(page.body, '<title>Pellucid API</title>')
  t.match(page.body, /<link rel="icon" type="image\/svg\+xml"[^>]* href="[^"]*icon\.svg"/)
  const { body: script } = await app.inject('/docs/static/swagger-initializer.js')
  const logo = /data:image\/svg\+xml;base64,([\w+/=]+)/.exec(script)?.[1] ?? ''
  t.match(Buffer.from(logo, 'base64').toString(), 'Pellucid')
})

t.test('GET / is a small page that links to the documentation and loads nothing', async t => {
  const { app } = await buildAppWorld(t)
  const { statusCode, headers, body } = await app.inject({ url: '/', headers: { host: '127.0.0.1:8123' } })
  t.equal(statusCode, 200)
  t.match(headers, { 'content-type': /^text\/html/, 'content-security-policy': /default-src 'none'/ })
  t.match(body, 'curl -s http://127.0.0.1:8123/chat')
  for (const link of ['/docs', '/health', '/metrics']) t.match(body, `href="${link}"`)
  t.notMatch(body, /<script|src=|href="https?:/)
  t.notMatch((await app.inject({ url: '/', headers: { host: '"><script>' } })).body, '<script>')
})

t.test('the document is the same in YAML, and both texts are kept until the examples change', async t => {
  const { app } = await buildAppWorld(t)
  let turns = 0
  const counting = setInterval(() => turns++)
  const [json, yaml] = await Promise.all(['/docs/json', '/docs/yaml'].map(url => app.inject(url)))
  clearInterval(counting)
  t.same(parse(yaml?.body ?? ''), json?.json())
  t.match(json?.headers, { 'content-type': 'application/json; charset=utf-8' })
  t.match(yaml?.headers, { 'content-type': 'application/x-yaml' })
  t.ok(turns > 10, `${turns} timers ran meanwhile`)

  const texts = createOpenapiTexts(() => app.swagger(), stringify)
  for (const text of ['json', 'yaml'] as const) {
    const first = await texts.read(text, { message: 'tea?', documentId: 'a' })
    t.equal(await texts.read(text, { message: 'tea?', documentId: 'a' }), first)
    t.match(String(await texts.read(text, { message: 'milk?', documentId: 'a' })), 'milk?')
  }
})
