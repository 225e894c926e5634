import t from 'tap'
import {
  fromProgram,
  fromSlack,
  fromTeams,
  fromTelegram,
  programMessage,
  slackDirect,
  slackMention,
  teamsActivity,
  telegramUpdate,
} from '../../worlds/webhooks/webhook-requests.ts'
import { buildWebhookWorld } from '../../worlds/webhooks/webhook-world.ts'

const ADA = { id: 4711, is_bot: false, first_name: 'Ada', last_name: 'Lovelace', username: 'countess' }
const GRACE = { id: 4712, is_bot: false, first_name: 'Grace', last_name: 'Hopper', username: 'admiral' }
const GROUP = { id: -100_123_456, type: 'supergroup', title: 'Tea lovers' }

t.test('the messages of a conversation share a session, those of another do not', async t => {
  const world = await buildWebhookWorld(t)
  const say = async (message: string, more = {}) => (await world.send(fromProgram(programMessage(message, more)))).body
  await say('how is green tea brewed?')
  t.match((await say('and black tea?')).response, /boiling water/, 'a follow-up question')
  t.match((await say('/history')).response, /how is green tea brewed/)
  for (const other of [{ conversation_id: 'support-43' }, { user_id: 'grace' }, { user_id: undefined }])
    t.notMatch((await say('/history', other)).response, /green tea/, JSON.stringify(other))

  const inTelegram = async (text: string, chat: number) =>
    (await world.send(fromTelegram(telegramUpdate(text, { chat: { id: chat, type: 'private' }, from: { id: chat } })))).body.text
  await inTelegram('how is green tea brewed?', 1)
  t.match(await inTelegram('/history', 1), /how is green tea brewed/)
  t.notMatch(await inTelegram('/history', 2), /green tea/)
  t.notMatch((await say('/history', { conversation_id: '1', user_id: '1' })).response, /green tea/, 'of another source')
})

t.test('several people share the session of a group, which has no user', async t => {
  const world = await buildWebhookWorld(t)
  const say = async (text: string, from: object) =>
    (await world.send(fromTelegram(telegramUpdate(text, { chat: GROUP, from })))).body.text
  t.match(await say('@TeaHelpBot how is green tea brewed?', ADA), /75 degrees/)
  t.match(await say('/history@TeaHelpBot', GRACE), /how is green tea brewed/)
  await world.send(fromTelegram(telegramUpdate('how is green tea brewed?', { chat: { id: ADA.id, type: 'private' }, from: ADA })))
  const [first, second, direct] = world.turns()
  t.equal(first?.session_id, second?.session_id)
  t.match([first, second], [{ user_id: undefined }, { user_id: undefined }], 'a group has no user')
  t.match(direct, { user_id: world.app.pseudonym('4711', 'webhook:telegram') }, 'a private chat has one')

  const inTeams = async (text: string, id: string) =>
    (await world.send(fromTeams(teamsActivity(text, { from: { id, name: id } })))).body.text
  await inTeams('how is green tea brewed?', 'ada')
  t.match(await inTeams('/history', 'grace'), /how is green tea brewed/)

  await world.ask(fromSlack(slackMention('how is green tea brewed?', { event: { ts: '1.1' } })))
  const inThread = { event: { user: 'UOTHER', ts: '1.2', thread_ts: '1.1' } }
  t.match(await world.ask(fromSlack(slackMention('/history', inThread))), /how is green tea brewed/)
  t.notMatch(await world.ask(fromSlack(slackMention('/history', { event: { ts: '2.1' } }))), /green tea/, 'another thread')
})

t.test('a conversation that idled past its limit is continued in a new session', async t => {
  const world = await buildWebhookWorld(t, { SESSION_IDLE_TIMEOUT_S: '1' })
  const say = async (message: string) => (await world.send(fromProgram(programMessage(message)))).body
  await say('how is green tea brewed?')
  const history = await say('/history')
  t.match(history.response, /green tea/)
  const repeated = programMessage('thanks')
  const { body } = await world.send(fromProgram(repeated))
  // By the steady clock, which follows the process.
  const until = performance.now() + 1500
  while (performance.now() < until) await new Promise(resolve => setTimeout(resolve, 50))
  t.same((await world.send(fromProgram(repeated))).body, body, 'a retry gets the reply of the closed session')
  t.notMatch((await say('/history')).response, /green tea/)
})

t.test('the commands work, and /forget erases the conversation', async t => {
  const world = await buildWebhookWorld(t)
  const say = async (text: string) => (await world.send(fromTelegram(telegramUpdate(text)))).body.text
  t.match(await say('/start'), /\/search QUERY/)
  t.match(await say('/start from-a-link'), /\/search QUERY/)
  t.match(await say('/search green tea'), /tea\.md/)
  await say('how is green tea brewed?')
  t.match(await say('/why'), /green/)
  t.match(await say('/forget'), /erased/)
  t.notMatch(await say('/history'), /green tea/)
  const ask = async (text: string) => (await world.send(fromTeams(teamsActivity(text)))).body.text
  t.match(await ask('/help history'), /\/history/)
  t.match(await ask(''), /\/search QUERY/, 'a mention alone')
  t.match(await world.ask(fromSlack(slackDirect(' /help'))), /\/search QUERY/)
  t.match(await world.ask(fromSlack(slackMention(''))), /\/search QUERY/, 'a mention alone')
})

t.test('callers of the API cannot reach the session of a conversation', async t => {
  const world = await buildWebhookWorld(t)
  const { body } = await world.send(fromProgram(programMessage('how is green tea brewed?')))
  t.notHas(body, { session_id: String })
  t.equal((await world.call('GET', `/turns/${body.turn_id}`)).status, 404)
  const { session_id } = world.turns()[0] ?? {}
  const opened = await world.call('POST', `/admin/sessions/${session_id}/open`, { reason: 'a ticket' }, world.asAdmin)
  t.match(opened.body, { turns: [{ message: 'how is green tea brewed?' }] }, 'an operator can, with a reason')
})

t.test('events that are not messages to the chatbot get no answer', async t => {
  const world = await buildWebhookWorld(t)
  const silent = {
    'another bot in Slack': fromSlack(slackMention('hello', { event: { bot_id: 'B1' } })),
    'the bot itself in Slack': fromSlack(slackDirect('hello', { user: 'U0LAN0Z89' })),
    'an old bot in Slack': fromSlack(slackDirect('hello', { subtype: 'bot_message' })),
    'an edit in Slack': fromSlack(slackDirect('hello', { subtype: 'message_changed' })),
    'an edited mention': fromSlack(slackMention('hello', { event: { edited: { user: 'U1', ts: '1' } } })),
    'a joined channel': fromSlack(
      slackMention('', { event: { type: 'message', subtype: 'channel_join', channel_type: 'channel' } }),
    ),
    'the second event of a mention': fromSlack(slackMention('hello', { event: { type: 'message', channel_type: 'channel' } })),
    'a reaction': fromSlack(slackMention('', { event: { type: 'reaction_added' } })),
    'a rate limit of Slack': fromSlack({ type: 'app_rate_limited', team_id: 'T1', minute_rate_limited: 1_518_467_820 }),
    'another bot in Telegram': fromTelegram(telegramUpdate('hello', { from: { id: 1, is_bot: true } })),
    'an edit in Telegram': fromTelegram({ update_id: 1, edited_message: telegramUpdate('hello').message }),
    'a channel of Telegram': fromTelegram({ update_id: 1, channel_post: telegramUpdate('hello').message }),
    'a photo': fromTelegram(telegramUpdate('', { text: undefined, photo: [{}] })),
    'a talk in a group': fromTelegram(telegramUpdate('hello everybody', { chat: GROUP })),
    'a reaction in Teams': fromTeams(teamsActivity('hello', { type: 'messageReaction' })),
    'another bot in Teams': fromTeams(teamsActivity('hello', { from: { id: '28:1', role: 'bot' } })),
  }
  for (const [what, request] of Object.entries(silent)) t.match(await world.send(request), { status: 200, body: {} }, what)
  t.same(world.turns(), [])
  t.same(world.slack.posts, [])
  const reasons = world.lines.filter(({ msg }) => msg === 'Webhook received').map(({ reason }) => reason)
  t.equal(reasons.length, Object.keys(silent).length)
  t.same([...new Set(reasons)].toSorted(), ['bot', 'edited', 'no_text', 'not_addressed', 'unsupported'])
})

t.test('the log has the payload without names, ids and texts', async t => {
  const world = await buildWebhookWorld(t)
  const text = 'my card is 4111 1111 1111 1111, how is green tea brewed?'
  await world.send(fromTelegram(telegramUpdate(text, { chat: { ...ADA, id: 47_114_711, type: 'private' }, from: ADA })))
  await world.ask(fromSlack(slackDirect(text)))
  await world.send(fromTeams(teamsActivity(text)))
  await world.send(fromProgram(programMessage(text, { user_id: 'ada@example.org', conversation_id: 'chat-of-ada' })))
  const received = world.lines
    .filter(({ msg }) => msg === 'Webhook received')
    .map(line => ({ ...line, payload: JSON.parse(String(line.payload)) }))
  t.match(received, [
    { source: 'telegram', kind: 'message', payload: { update_id: Number, message: { date: Number, chat: { type: 'private' } } } },
    { source: 'slack', payload: { type: 'event_callback', event: { type: 'message', channel_type: 'im', text: '[omitted]' } } },
    { source: 'teams', payload: { type: 'message', channel_id: 'msteams', from: { name: '[omitted]' } } },
    { source: 'generic', payload: { message: '[omitted]', user_id: '[omitted]' } },
  ])
  t.equal(world.lines.filter(({ message_text: logged }) => /\[card\].*green tea/.test(String(logged))).length, 4)
  // Random ids may have the digits.
  const logged = JSON.stringify(world.lines.map(({ request_id: _, trace_id: __, span_id: ___, turn_id: ____, ...line }) => line))
  const private_ = [
    'Lovelace',
    'countess',
    '4711',
    '4111',
    'U2147483697',
    'D024BE91L',
    'Megan',
    '253b1f34',
    'ada@',
    'chat-of-ada',
  ]
  for (const value of private_) t.notMatch(logged, value)
})
