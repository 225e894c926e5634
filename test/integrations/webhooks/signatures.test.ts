import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { buildAppWorld } from '../../worlds/app-world.ts'
import { until } from '../../worlds/until.ts'
import {
  fromProgram,
  fromSlack,
  fromTeams,
  fromTelegram,
  programMessage,
  type SignedRequest,
  SLACK_EXAMPLE,
  SLACK_HANDSHAKE,
  slackDirect,
  TELEGRAM_EXAMPLE,
  teamsActivity,
  telegramUpdate,
  WEBHOOK_SECRETS,
} from '../../worlds/webhooks/webhook-requests.ts'
import { buildWebhookWorld, type WebhookWorld } from '../../worlds/webhooks/webhook-world.ts'

const QUESTION = 'how is green tea brewed?'
const ANSWER = /brewed at 75 degrees/

/** A question as each vendor sends it, and the name of the header that proves its origin. */
const REQUESTS: Readonly<Record<string, { readonly make: () => SignedRequest; readonly header: string }>> = {
  slack: { make: () => fromSlack(slackDirect(QUESTION)), header: 'x-slack-signature' },
  telegram: { make: () => fromTelegram(telegramUpdate(QUESTION)), header: 'x-telegram-bot-api-secret-token' },
  teams: { make: () => fromTeams(teamsActivity(QUESTION)), header: 'authorization' },
  generic: { make: () => fromProgram(programMessage(QUESTION)), header: 'x-pellucid-signature' },
}

/** The text of a reply, wherever the vendor wants it. */
async function replyTo(world: WebhookWorld, name: string, request: SignedRequest): Promise<string> {
  if (name === 'slack') return world.ask(request)
  const { body } = await world.send(request)
  return body.text ?? body.response
}

/** Lets the process live at another time for a test. */
function setDate(t: Test, now: number): void {
  mock.timers.enable({ apis: ['Date'], now })
  t.teardown(() => mock.timers.reset())
}

t.test("the vendors' documented examples are answered at their time, with the documented signature", async t => {
  setDate(t, SLACK_EXAMPLE.at)
  const world = await buildWebhookWorld(t)
  t.match(await world.send(SLACK_EXAMPLE.request), { status: 200, body: { response_type: 'ephemeral', text: /\/search QUERY/ } })
  const body = SLACK_EXAMPLE.request.body.replace('U2CERLKJA', 'U2CERLKJB')
  t.match(await world.send({ ...SLACK_EXAMPLE.request, body }), { status: 401, body: { code: 'SIGNATURE_INVALID' } })

  mock.timers.setTime(TELEGRAM_EXAMPLE.message.date * 1000)
  t.match(await world.send(fromTelegram(TELEGRAM_EXAMPLE)), {
    status: 200,
    body: { method: 'sendMessage', chat_id: 1_111_111, text: /\/search QUERY/ },
  })
})

t.test("the vendors' documented examples are replays today, except for the handshake", async t => {
  const world = await buildWebhookWorld(t)
  for (const request of [SLACK_EXAMPLE.request, fromTelegram(TELEGRAM_EXAMPLE)])
    t.match(await world.send(request), { status: 401, body: { code: 'SIGNATURE_INVALID' } })
  t.match(
    world.lines.filter(({ msg }) => msg === 'Security event'),
    [{ kind: 'failed_authentication', reason: 'stale', route: '/webhooks/slack', client: 'loopback' }],
  )
  t.match(await world.send(fromSlack(SLACK_HANDSHAKE)), { status: 200, body: { challenge: SLACK_HANDSHAKE.challenge } })
  t.equal((await world.send(fromSlack(SLACK_HANDSHAKE, { secret: 'another secret, unknown here' }))).status, 401)
  t.equal(world.turns().length, 0)
})

t.test('a signed message is answered, an altered one is not', async t => {
  const world = await buildWebhookWorld(t)
  let sent = 0
  for (const [name, { make, header }] of Object.entries(REQUESTS)) {
    t.match(await replyTo(world, name, make()), ANSWER, name)
    const turns = world.turns().length
    const request = make()
    const { [header]: signature = '', ...unsigned } = request.headers
    const flipped = signature.replace(/.$/, last => (last === '0' ? '1' : '0'))
    const altered: Readonly<Record<string, SignedRequest>> = {
      'without a signature': { ...request, headers: unsigned },
      'with an empty signature': { ...request, headers: { ...unsigned, [header]: '' } },
      'with another signature': { ...request, headers: { ...unsigned, [header]: flipped } },
      'with a part of the signature': { ...request, headers: { ...unsigned, [header]: signature.slice(0, -1) } },
      // The token of Telegram signs no body.
      ...(name !== 'telegram' && {
        'with another text': { ...request, body: request.body.replace('green', 'black') },
        'with another byte': { ...request, body: `${request.body} ` },
      }),
    }
    for (const [change, { path, headers, body }] of Object.entries(altered)) {
      // Many failures of one client would be answered late.
      const remoteAddress = `192.0.2.${++sent}`
      const reply = await world.app.inject({ method: 'POST', url: path, headers, payload: body, remoteAddress })
      const { statusCode: status } = reply
      t.match({ status, body: reply.json() }, { status: 401, body: { code: 'SIGNATURE_INVALID' } }, `${name} ${change}`)
    }
    t.equal(world.turns().length, turns, 'none became a turn')
    t.notMatch(JSON.stringify(world.lines), signature)
  }
  await until(() => world.trail().filter(({ event }) => event === 'security_event').length === sent)
  const logged = JSON.stringify([world.lines, world.trail()])
  for (const secret of [...Object.values(WEBHOOK_SECRETS), 'xoxb-a-token']) t.notMatch(logged, secret)
})

t.test('a message that is delivered again is answered once, also at the same time', async t => {
  const world = await buildWebhookWorld(t)
  for (const [name, { make, header }] of Object.entries(REQUESTS)) {
    const request = make()
    const turns = world.turns().length
    const replies = await Promise.all([world.send(request), world.send(request), world.send(request)])
    replies.push(await world.send(request))
    for (const { status, body } of replies) t.match({ status, body }, { status: 200, body: replies[0]?.body }, name)
    t.equal(world.turns().length, turns + 1)
    const { [header]: _, ...headers } = request.headers
    t.equal((await world.send({ ...request, headers })).status, 401, 'a known event needs a signature, too')
  }
  await until(() => world.slack.posts.length > 0)
  t.equal(world.slack.posts.length, 1, 'posted once')
})

t.test('another text under the id of an earlier event is refused', async t => {
  const world = await buildWebhookWorld(t)
  const ask = (message: string) => world.send(fromProgram(programMessage(message, { event_id: 'the same' })))
  t.equal((await ask(QUESTION)).status, 200)
  t.match(await ask('and black tea?'), { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
})

t.test('a message that was signed too long ago, or in the future, is refused', async t => {
  const world = await buildWebhookWorld(t)
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000)
  const requests = (seconds: number) => [
    fromSlack(slackDirect(QUESTION), { at: at(seconds).getTime() }),
    fromTeams(teamsActivity(QUESTION, { timestamp: at(seconds).toISOString() })),
    fromProgram(programMessage(QUESTION), { at: at(seconds).getTime() }),
  ]
  for (const seconds of [-290, 290]) for (const request of requests(seconds)) t.equal((await world.send(request)).status, 200)
  for (const seconds of [-310, 310])
    for (const request of requests(seconds))
      t.match(await world.send(request), { status: 401, body: { code: 'SIGNATURE_INVALID' } }, `${request.path} ${seconds}`)
  t.equal((await world.send(fromTeams(teamsActivity(QUESTION, { timestamp: undefined })))).status, 401)
  const date = (hours: number) => ({ date: Math.floor(Date.now() / 1000) + hours * 3600 })
  t.equal((await world.send(fromTelegram(telegramUpdate(QUESTION, date(-23))))).status, 200, 'Telegram retries for a day')
  t.equal((await world.send(fromTelegram(telegramUpdate(QUESTION, date(-25))))).status, 401)
})

t.test('during a rotation, both secrets are valid', async t => {
  const [old, next] = ['the secret of last year', 'the secret of this year']
  const world = await buildWebhookWorld(t, { WEBHOOK_GENERIC_SECRET: `${old}, ${next}` })
  for (const secret of [old, next]) t.equal((await world.send(fromProgram(programMessage(QUESTION), { secret }))).status, 200)
  t.equal((await world.send(fromProgram(programMessage(QUESTION), { secret: `${old}, ${next}` }))).status, 401)
})

t.test('a route whose secret is not set does not exist', async t => {
  const none = await buildAppWorld(t)
  const one = await buildAppWorld(t, { WEBHOOK_TEAMS_SECRET: WEBHOOK_SECRETS.WEBHOOK_TEAMS_SECRET })
  const withoutIds = ({ status, body: { request_id: _, ...body } }: Awaited<ReturnType<typeof none.call>>) => ({ status, body })
  const unknown = withoutIds(await none.call('POST', '/webhooks/unknown', '{}'))
  t.match(unknown, { status: 404, body: { code: 'ROUTE_NOT_FOUND' } })
  for (const [name, { make }] of Object.entries(REQUESTS)) {
    const { path, headers, body } = make()
    for (const world of [none, ...(name === 'teams' ? [] : [one])])
      t.same(withoutIds(await world.call('POST', path, body, headers)), unknown, name)
  }
  t.match(await one.call('POST', '/webhooks/teams', '{}'), { status: 401 })
  t.match(await one.call('GET', '/webhooks/teams'), { status: 405, headers: { allow: 'POST' } })
})
