import t from 'tap'
import {
  fromProgram,
  fromSlack,
  fromTeams,
  fromTelegram,
  programMessage,
  slackDirect,
  teamsActivity,
  telegramUpdate,
} from '../../worlds/webhooks/webhook-requests.ts'
import { buildWebhookWorld } from '../../worlds/webhooks/webhook-world.ts'

t.test('a message that is too long gets a reply with the limit, in the format of the vendor', async t => {
  const world = await buildWebhookWorld(t)
  const long = 'tea '.repeat(2100)
  const limit = /too long.*8000/
  t.match(await world.send(fromTelegram(telegramUpdate(long))), { status: 200, body: { method: 'sendMessage', text: limit } })
  t.match(await world.send(fromTeams(teamsActivity(long))), { status: 200, body: { type: 'message', text: limit } })
  t.match(await world.send(fromProgram(programMessage(long))), { status: 200, body: { response: limit } })
  t.match(await world.ask(fromSlack(slackDirect(long))), limit)
  t.same(world.turns(), [])
})

t.test('bodies, ids and forms that are out of bounds are refused', async t => {
  const world = await buildWebhookWorld(t)
  t.match(await world.send(fromProgram(programMessage('x'.repeat(140_000)))), {
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE' },
  })
  const long = 'x'.repeat(513)
  const refused = {
    'conversation_id: is missing': { conversation_id: undefined },
    'conversation_id: is': { conversation_id: long },
    'event_id: is missing': { event_id: '' },
    'event_id: is': { event_id: long },
    'user_id: is': { user_id: { id: 'ada' } },
    'message: is missing': { message: '' },
    'unknown field': { session_id: 'x' },
  }
  for (const [problem, more] of Object.entries(refused))
    t.match(await world.send(fromProgram(programMessage('hello', more))), {
      status: 400,
      body: { code: 'VALIDATION_ERROR', message: new RegExp(problem) },
    })
  for (const body of ['[]', 'null', '{', '"text"'] as unknown as object[])
    t.match(await world.send(fromProgram(body)), { status: 400, body: { code: 'VALIDATION_ERROR' } })
  t.equal((await world.send(fromTelegram(telegramUpdate('hello', { chat: undefined })))).status, 400)
  t.same(world.turns(), [])
})

t.test('hostile fields are stored as text: lone surrogates, NUL, prototypes', async t => {
  const world = await buildWebhookWorld(t)
  const { status, body } = await world.send(fromProgram(programMessage('how is\0 green tea brewed\ud800?')))
  t.match({ status, body }, { status: 200, body: { response: /75 degrees/ } })
  const hostile = JSON.stringify(telegramUpdate('hello')).replace('{', '{"__proto__":{"message":1},')
  t.equal((await world.send(fromTelegram(hostile as unknown as object))).status, 200)
})

t.test('the rate limit counts each conversation, and the addresses of senders without a signature', async t => {
  const world = await buildWebhookWorld(t, { RATE_LIMIT_PER_MINUTE: '2' })
  const say = (more: object) => world.send(fromProgram(programMessage('hello', more)))
  for (const conversation_id of ['one', 'two', 'three']) {
    t.equal((await say({ conversation_id })).status, 200)
    t.equal((await say({ conversation_id })).status, 200)
    t.match(await say({ conversation_id }), {
      status: 429,
      body: { code: 'RATE_LIMITED' },
      headers: { 'retry-after': /^\d+$/, 'ratelimit-remaining': '0' },
    })
  }
  const forge = () => world.send({ ...fromProgram(programMessage('hello')), headers: {} })
  const statuses = [(await forge()).status, (await forge()).status, (await forge()).status, (await forge()).status]
  t.equal(statuses.at(-1), 429)
  t.ok(statuses.includes(401))
  t.equal((await say({ conversation_id: 'four' })).status, 200, 'others from this address are answered')
})

t.test('webhooks need no key where others do, and a wrong credential counts as a guess', async t => {
  const world = await buildWebhookWorld(t, { ACCESS: 'keys' })
  t.equal((await world.send(fromProgram(programMessage('hello')))).status, 200)
  t.equal((await world.send(fromTeams(teamsActivity('hello')))).status, 200)
  t.equal((await world.chat('hello')).status, 401)
  const forge = () => world.send(fromProgram(programMessage('hello'), { secret: 'a guess of the secret' }))
  for (let n = 0; n < 5; n++) t.equal((await forge()).status, 401)
  const order: string[] = []
  const late = forge().then(() => order.push('guess'))
  await world.send(fromProgram(programMessage('hello'))).then(() => order.push('valid'))
  await late
  t.same(order, ['valid', 'guess'])
})

t.test('a host that is not allowed is refused, as for all routes', async t => {
  const world = await buildWebhookWorld(t, { ALLOWED_HOSTS: 'chat.example.com' })
  const status = async (host: string) => (await world.send(fromProgram(programMessage('hello')), { host })).status
  t.equal(await status('chat.example.com'), 200)
  t.equal(await status('chat.example.net'), 421)
})
