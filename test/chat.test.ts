import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildAppWorld, TEA } from './worlds/app-world.ts'

t.test('a question is answered from the documents, with sources and a receipt', async t => {
  const { call, chat } = await buildAppWorld(t)
  t.equal((await call('PUT', '/documents/guides/tea.md', TEA)).status, 201)
  const { status, body, headers } = await chat('How long is green tea brewed?')
  t.equal(status, 200)
  t.equal(body.kind, 'answer')
  t.match(body.response, /75 degrees for two minutes/)
  t.notMatch(body.response, /Black tea/, 'the sentence that answers, not the page')
  t.match(body.sources[0], { title: 'Brewing tea', location: 'guides/tea.md#green-tea', passage: /75 degrees/, score: Number })
  t.ok(body.confidence > 0.45 && body.confidence <= 1)
  t.same(Object.keys(body.timings_ms), ['queue', 'session', 'parse', 'search', 'answer', 'total'])
  t.match(body.session_id, /^[\w-]{22,}$/)
  t.equal(headers['x-turn-id'], body.turn_id)
  t.equal(headers['x-trace-id'], undefined, 'this request is not traced')
  t.match(headers['server-timing'], /^queue;dur=[\d.]+, session;dur=.*, store;dur=[\d.]+$/)
  const stored = await call('GET', `/turns/${body.turn_id}`, undefined, { 'x-session-id': body.session_id })
  t.same(stored.body, body, 'the stored receipt is the same')
})

t.test('a new server answers from its own manual, which the first added document replaces', async t => {
  const { call, chat } = await buildAppWorld(t)
  const { body } = await chat('how do I add documents?')
  t.equal(body.kind, 'answer')
  t.match(body.response, /ingest/)
  t.match(body.sources[0].location, /^pellucid\/\S+\.md/)
  await call('PUT', '/documents/tea', TEA)
  t.same(
    (await call('GET', '/documents')).body.documents.map((document: { document_id: string }) => document.document_id),
    ['tea'],
  )
})

t.test('a question that the documents do not cover gets a fallback', async t => {
  const { call, chat } = await buildAppWorld(t)
  await call('PUT', '/documents/tea', TEA)
  const { body } = await chat('What is the boiling point of tungsten in kelvin?')
  t.equal(body.kind, 'fallback')
  t.match(body.response, /don.t know/i)
  t.same(body.sources, [])
})

t.test('a question of stop words only gets a fallback', async t => {
  const { chat } = await buildAppWorld(t)
  for (const message of ['what', 'how do you do it?'])
    t.match((await chat(message)).body, { kind: 'fallback', confidence: 0 }, message)
})

t.test('every log line about a turn has its turn, session and user, "User message received" exactly once', async t => {
  const { app, call, chat, lines } = await buildAppWorld(t)
  const first = (await chat('hello', { user_id: 'ada' })).body
  const session_id = app.pseudonym.session(first.session_id)
  const user_id = lines.find(({ msg }) => msg === 'Bot response sent')?.user_id
  t.match(user_id, /^u_/)
  const session = { session_id: first.session_id }
  // The later requests do not name the user: the session does.
  const ids = [first, (await chat('how do I add documents?', session)).body, (await chat('/why', session)).body]
  for (const { turn_id } of ids) {
    const ofTurn = lines.filter(line => line.turn_id === turn_id && line.level !== 20)
    t.equal(ofTurn.filter(({ msg }) => msg === 'User message received').length, 1)
    t.equal(ofTurn.filter(({ msg }) => msg === 'Bot response sent').length, 1)
    for (const line of ofTurn) t.match(line, { session_id, user_id }, String(line.msg))
  }
  t.equal(lines.filter(({ msg }) => msg === 'User message received').length, 3)

  const { turn_id } = ids[1]
  await call('POST', `/turns/${turn_id}/feedback`, { correct: true })
  await chat('/feedback bad', session)
  const recorded = lines.filter(({ msg }) => msg === 'Feedback recorded')
  t.match(recorded, [
    { turn_id, session_id, user_id, judged_turn_id: turn_id, correct: true },
    { turn_id: String, session_id, user_id, judged_turn_id: turn_id, correct: false },
  ])
  const request = lines.find(({ route, msg }) => route === '/turns/:id/feedback' && msg === 'Request served')
  t.match(request, { turn_id, session_id, user_id }, 'also the line about the request')
})

t.test('"User message received" is logged exactly once for a message that is refused or replayed', async t => {
  const { app, chat, lines } = await buildAppWorld(t)
  const received = () => lines.filter(({ msg }) => msg === 'User message received')
  t.equal((await chat('hello', { session_id: 'A'.repeat(24), user_id: 'ada' })).status, 404)
  t.equal(received().length, 1)
  t.match(received()[0], { session_id: app.pseudonym.session('A'.repeat(24)), user_id: /^u_/, turn_id: String })
  await chat('hello', {}, { 'idempotency-key': 'k' })
  const { body } = await chat('hello', {}, { 'idempotency-key': 'k' })
  t.equal(received().length, 3)
  const session_id = app.pseudonym.session(body.session_id)
  t.match(received()[2], { session_id, turn_id: body.turn_id }, 'a replay is found by the stored turn')
})

t.test('small talk gets a reply in its language, which is no answer of the documents', async t => {
  const { chat } = await buildAppWorld(t)
  const SMALL_TALK = { kind: 'fallback', confidence: 0, sources: [], suggestions: [] }
  const GREETING = "Hello! I'm your documentation assistant. How can I help you today?"
  t.match((await chat('Hello!')).body, { ...SMALL_TALK, response: GREETING, response_text: GREETING })
  t.match((await chat('Ich möchte mit einem Menschen sprechen')).body, { ...SMALL_TALK, response: /nicht mit einem Menschen/ })
  t.match((await chat('Hello, how do I add documents?')).body, { kind: 'answer', response: /ingest/ })
})

t.test('TEXTS_FILE changes the texts of replies', async t => {
  const path = join(t.testdir(), 'texts.yaml')
  const contact = 'Call the help desk.'
  writeFileSync(
    path,
    `en: {contact: ${contact}, refusal: "No idea. {contact}", small_talk: {hours: {reply: 9 to 5., phrases: [hours]}}}`,
  )
  const { call, chat } = await buildAppWorld(t, { TEXTS_FILE: path })
  await call('PUT', '/documents/tea', TEA)
  t.equal((await chat('What is the boiling point of tungsten in kelvin?')).body.response, 'No idea. Call the help desk.')
  t.match((await chat('can I speak to a human?')).body.response, /person\. Call the help desk\.$/)
  t.equal((await chat('Hours, please')).body.response, '9 to 5.')
})

t.test('a reply is in the language of the question', async t => {
  const { call, chat } = await buildAppWorld(t)
  await call('PUT', '/documents/tee', {
    title: 'Tee kochen',
    format: 'text',
    text: 'Grüner Tee wird mit 75 Grad heißem Wasser aufgegossen.',
  })
  const found = (await chat('Mit wie viel Grad wird grüner Tee aufgegossen?')).body
  t.match(found, { kind: 'answer', response: /75 Grad.*\n\nMehr dazu: Tee kochen \(tee\)$/s })
  const refused = (await chat('Wie hoch ist der Siedepunkt von Wolfram?')).body
  t.match(refused, { kind: 'fallback', response: /^Das weiß ich nicht: In meinen Dokumenten steht keine Antwort darauf\./ })
})

t.test('a refusal says that no documents have been added yet', async t => {
  const { call, chat } = await buildAppWorld(t)
  const ask = async () => (await chat('What is the boiling point of tungsten in kelvin?')).body
  const states = async () => [
    (await chat('/status')).body.response,
    (await call('GET', '/health/ready')).body.checks.index.detail,
  ]
  for (const state of await states()) t.match(state, /documents?\b.*\. No documents have been added yet, .*pellucid ingest/i)
  t.match(await ask(), {
    kind: 'fallback',
    response: /^I don't know\. No documents have been added yet, .*`npx pellucid ingest FOLDER`/,
  })
  t.match((await ask()).response_text, /run npx pellucid ingest FOLDER\./)
  await call('PUT', '/documents/tea', TEA)
  t.match((await ask()).response, /^I don't know: nothing in my documents/)
  for (const state of await states()) t.notMatch(state, /pellucid ingest/)
  await call('DELETE', '/documents/tea')
  t.match((await ask()).response, /^I don't have any documents yet, .*`npx pellucid ingest FOLDER`/)
  for (const state of await states()) t.match(state, /The knowledge base is empty\. .*pellucid ingest/)
})

t.test('turns of a session are listed in pages, newest first', async t => {
  const { call, chat } = await buildAppWorld(t)
  const { session_id } = (await call('POST', '/sessions', {})).body
  for (const message of ['hello', '/help', 'bye']) t.equal((await chat(message, { session_id })).body.session_id, session_id)
  const first = (await call('GET', `/sessions/${session_id}/turns?limit=2`)).body
  t.match(first.turns, [
    { seq: 3, message: 'bye' },
    { seq: 2, message: '/help', kind: 'command' },
  ])
  const second = (await call('GET', `/sessions/${session_id}/turns?limit=2&before=${first.next}`)).body
  t.match(second, { turns: [{ seq: 1, message: 'hello' }], next: null })
  t.match((await call('GET', `/sessions/${session_id}`)).body, { session_id, turn_count: 3 })
})

t.test('concurrent messages of a session are answered one at a time, in order of arrival', async t => {
  const { call, chat } = await buildAppWorld(t)
  const { session_id } = (await call('POST', '/sessions')).body
  const replies = await Promise.all([1, 2, 3, 4].map(n => chat(`hello`, { session_id }, { 'x-request-id': `r${n}` })))
  const { turns } = (await call('GET', `/sessions/${session_id}/turns`)).body
  t.same(
    turns.map((turn: { turn_id: string }) => turn.turn_id).reverse(),
    replies.map(({ body }) => body.turn_id),
  )
  t.equal(replies[0]?.body.timings_ms.queue, 0)
  t.ok(replies[3]?.body.timings_ms.queue > 0)
})

t.test('too many concurrent messages of a session are refused', async t => {
  const { call, chat } = await buildAppWorld(t, { SESSION_QUEUE_LIMIT: '2' })
  const { session_id } = (await call('POST', '/sessions')).body
  const replies = await Promise.all(Array.from({ length: 6 }, () => chat('hello', { session_id })))
  const refused = replies.filter(({ status }) => status === 429)
  t.equal(refused.length, 3, 'one runs, two wait')
  t.equal(refused[0]?.body.code, 'SESSION_BUSY')
  t.match(String(refused[0]?.headers['retry-after']), /^\d+$/)
  t.equal((await call('GET', `/sessions/${session_id}`)).body.turn_count, 3, 'refused messages are not stored')
})

t.test('a receipt that is read again has the text of its sources, unless their document has changed', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  const put = async (degrees: number) => {
    const text = `# Brewing tea\n\nGreen tea is brewed at ${degrees} degrees for two minutes.\n`
    await call('PUT', '/documents/tea.md', { format: 'markdown', text })
  }
  const post = async () =>
    (
      await app.inject({
        method: 'POST',
        url: '/chat',
        payload: { message: 'how hot is green tea brewed?' },
        headers: { 'idempotency-key': 'tea' },
      })
    ).body
  await put(75)
  const first = await post()
  const { turn_id, session_id, sources } = JSON.parse(first)
  t.match(sources, [{ passage: /75 degrees/, highlights: [{ start: 0 }] }])
  t.notOk('origin' in sources[0], 'the storage is not shown')
  t.same((await call('GET', `/turns/${turn_id}`)).body.sources, sources)
  t.match((await chat('/sources', { session_id })).body, { response: /75 degrees/, sources: [{ passage: /75 degrees/ }] })
  await put(80)
  t.equal(await post(), first, 'a replay is the same, byte for byte')
  t.match((await call('GET', `/turns/${turn_id}`)).body, {
    response: /75 degrees/,
    sources: [{ location: sources[0].location, passage: '', changed: true, highlights: undefined }],
  })
  t.match((await chat('/sources', { session_id })).body, { response: /The document has changed since\./ })
})

t.test('a retry with the same key gets the stored receipt; another body does not', async t => {
  const { call, chat } = await buildAppWorld(t)
  const key = { 'idempotency-key': 'order-1' }
  const first = await chat('hello', {}, key)
  t.equal(first.headers['idempotent-replay'], undefined)
  const again = await chat('hello', {}, key)
  t.same(again.body, first.body)
  t.equal(again.headers['idempotent-replay'], 'true')
  t.match(await chat('bye', {}, key), { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
  t.equal((await call('GET', `/sessions/${first.body.session_id}`)).body.turn_count, 1)

  t.notSame(
    (await chat('hello', { user_id: 'somebody else' }, key)).body.turn_id,
    first.body.turn_id,
    'the same key of another caller is another key',
  )
})

t.test('of two concurrent requests with the same key, one is refused', async t => {
  const { chat } = await buildAppWorld(t)
  const replies = await Promise.all([1, 2].map(() => chat('hello', {}, { 'idempotency-key': 'k' })))
  t.same(replies.map(({ status }) => status).sort(), [200, 409])
  t.equal(replies.find(({ status }) => status === 409)?.body.code, 'IDEMPOTENCY_KEY_IN_USE')
})

t.test('unknown, deleted and expired sessions are refused with their own codes', async t => {
  const { app, call, chat } = await buildAppWorld(t)
  t.match(
    await chat('hello', { session_id: 'A'.repeat(24) }),
    { status: 404, body: { code: 'SESSION_NOT_FOUND' } },
    "a client's own id is not adopted",
  )
  const { session_id } = (await chat('hello')).body
  t.equal((await call('DELETE', `/sessions/${session_id}`)).status, 204)
  t.match(await chat('hello', { session_id }), { status: 404, body: { code: 'SESSION_NOT_FOUND' } })

  const [first] = await Promise.all([chat('hello', { user_id: 'ada' })])
  for (let i = 0; i < 5; i++) await chat('hello', { user_id: 'ada' })
  t.match(
    await chat('hello', { session_id: first?.body.session_id }),
    { status: 410, body: { code: 'SESSION_EXPIRED' } },
    'evicted by newer sessions',
  )
  t.equal(await app.sessionManager.countActive(), 5)
})

t.test("another user's session is not found", async t => {
  const { chat } = await buildAppWorld(t)
  const { session_id } = (await chat('hello', { user_id: 'ada' })).body
  t.equal((await chat('hello', { session_id, user_id: 'ada' })).status, 200)
  t.match(await chat('/history', { session_id, user_id: 'eve' }), { status: 404, body: { code: 'SESSION_NOT_FOUND' } })
})

t.test('a session above the limit of the server is refused', async t => {
  const { chat } = await buildAppWorld(t, { MAX_SESSIONS: '2' })
  await chat('hello')
  await chat('hello')
  t.match(await chat('hello'), { status: 503, body: { code: 'SESSION_LIMIT_REACHED' } })
})

t.test('an answer can be judged, over REST and by command, and its feedback can be read', async t => {
  const { call, chat, lines } = await buildAppWorld(t)
  const { turn_id, session_id } = (await chat('how do I add documents?')).body
  t.match(await call('POST', `/turns/${turn_id}/feedback`, { correct: false, comment: 'no' }), {
    status: 200,
    body: { turn_id, correct: false },
  })
  const feedbackOf = async () => {
    const { turns } = (await call('GET', `/sessions/${session_id}/turns`)).body
    const listed = turns.find((turn: { turn_id: string }) => turn.turn_id === turn_id).feedback
    t.same((await call('GET', `/turns/${turn_id}`)).body.feedback, listed, 'the turn and the list have the same feedback')
    return listed
  }
  t.match(await feedbackOf(), { correct: false, comment: 'no', document_id: undefined, created_at: /^\d{4}-.*Z$/ })
  const { document_id } = (await call('GET', '/documents')).body.documents[0]
  t.match(await call('POST', `/turns/${turn_id}/feedback`, { correct: false, document_id }), {
    status: 200,
    body: { turn_id, correct: false, document_id },
  })
  t.match(await feedbackOf(), { correct: false, document_id, comment: undefined })
  t.match(
    lines.find(line => line.msg === 'Feedback recorded' && line.document_id !== undefined),
    {
      judged_turn_id: turn_id,
      correct: false,
      document_id,
    },
  )
  t.match(await call('POST', `/turns/${turn_id}/feedback`, { correct: true, document_id: 'no such document' }), {
    status: 404,
    body: { code: 'DOCUMENT_NOT_FOUND' },
  })
  t.match((await chat('/feedback good thank you', { session_id })).body, { kind: 'command' })
  t.match(await feedbackOf(), { correct: true, comment: 'thank you' })
  for (const [verdict, correct] of [
    ['good', true],
    ['👎', false],
    ['+1', true],
    ['bad', false],
  ] as const) {
    const shown = { verdict: correct ? 'good' : 'bad', correct }
    t.match(await call('POST', `/turns/${turn_id}/feedback`, { verdict }), { status: 200, body: shown })
    t.match(await feedbackOf(), shown)
  }
  t.match(await call('POST', `/turns/${turn_id}/feedback`, { comment: 'no' }), {
    status: 400,
    body: { code: 'VALIDATION_ERROR' },
  })
  t.match(await call('POST', '/turns/unknown/feedback', { correct: true }), { status: 404, body: { code: 'TURN_NOT_FOUND' } })
})

t.test('content can be erased; other facts of the turn are kept', async t => {
  const { call, chat, lines } = await buildAppWorld(t, { LOG_MESSAGE_CONTENT: 'off' })
  const { session_id, turn_id } = (await chat('a secret of mine: xyzzy')).body
  t.match((await chat('/forget', { session_id })).body, { kind: 'command' })
  t.match((await call('GET', `/turns/${turn_id}`)).body, { response: '', sources: [] })
  t.notMatch(JSON.stringify((await call('GET', `/sessions/${session_id}/turns`)).body), /xyzzy/)
  t.notMatch(JSON.stringify(lines), /xyzzy/, 'the log contains no texts')
})

t.test('erased content is not replayed, cannot be rated and is gone from the files', async t => {
  const { call, chat, dataDir } = await buildAppWorld(t, { LOG_MESSAGE_CONTENT: 'off' })
  const key = { 'idempotency-key': 'once' }
  const { session_id, turn_id } = (await chat('my secret word is xyzzy', {}, key)).body
  t.ok(filesHold(dataDir, 'xyzzy'))
  await call('DELETE', `/sessions/${session_id}`)
  t.equal((await call('POST', `/turns/${turn_id}/feedback`, { correct: true, comment: 'xyzzy' })).status, 404)
  const again = await chat('my secret word is xyzzy', {}, key)
  t.equal(again.headers['idempotent-replay'], undefined, 'a retry is a new turn')
  await call('DELETE', `/sessions/${again.body.session_id}`)
  // The log is truncated right after the reply, by the thread that takes the next write.
  await call('POST', '/sessions')
  t.notOk(filesHold(dataDir, 'xyzzy'))
})

t.test('/sources skips thanks and greetings after the last answer', async t => {
  const { chat } = await buildAppWorld(t)
  const { session_id } = (await chat('how do I add documents?')).body
  await chat('thank you', { session_id })
  t.match((await chat('/sources', { session_id })).body.response, /pellucid\/\S+\.md/)
})

function filesHold(folder: string, text: string): boolean {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text))
}
