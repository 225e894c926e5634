import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../../worlds/until.ts'
import { fromSlack, slackDirect, slackMention, WEBHOOK_SECRETS } from '../../worlds/webhooks/webhook-requests.ts'
import { buildWebhookWorld } from '../../worlds/webhooks/webhook-world.ts'

const QUESTION = 'how is green tea brewed?'

t.test('a mention is answered in its thread, a direct message in the chat', async t => {
  const world = await buildWebhookWorld(t)
  t.match(await world.send(fromSlack(slackMention(QUESTION))), { status: 200, body: {} })
  t.match(await world.send(fromSlack(slackDirect(QUESTION))), { status: 200, body: {} })
  await until(() => world.slack.posts.length === 2)
  const authorization = 'Bearer xoxb-a-token-for-tests'
  t.match(world.slack.posts, [
    {
      path: '/api/chat.postMessage',
      authorization,
      body: { channel: 'C123ABC456', thread_ts: '1515449522.000016', text: /^\*Brewing tea › Green tea\*\n\n.* 75 degrees/ },
    },
    { path: '/api/chat.postMessage', authorization, body: { channel: 'D024BE91L', thread_ts: undefined, text: /75 degrees/ } },
  ])
})

t.test('a slash command is answered in the reply, to its user alone', async t => {
  const world = await buildWebhookWorld(t)
  const command = (text: string, user = 'U2CERLKJA') =>
    new URLSearchParams({
      ...{ team_id: 'T1', channel_id: 'C1', command: '/tea', trigger_id: `${text}/${user}`, user_id: user },
      text,
    }).toString()
  t.match(await world.send(fromSlack(command(QUESTION))), {
    status: 200,
    body: { response_type: 'ephemeral', text: /75 degrees/ },
  })
  t.match((await world.send(fromSlack(command('/history')))).body.text, /how is green tea brewed/)
  t.notMatch((await world.send(fromSlack(command('/history', 'UOTHER')))).body.text, /green tea/)
  t.same(world.slack.posts, [])
})

t.test('a reply that Slack cannot take now is sent again, one that it refuses is not', async t => {
  const world = await buildWebhookWorld(t)
  world.slack.next.push({ status: 503, body: 'busy' }, { status: 429, headers: { 'retry-after': '1' }, body: { ok: false } })
  t.equal((await world.send(fromSlack(slackDirect(QUESTION)))).status, 200, 'acknowledged in time')
  await until(() => world.lines.some(({ msg }) => msg === 'Slack reply posted'))
  t.match(
    world.lines.find(({ msg }) => msg === 'Slack reply posted'),
    { attempts: 3 },
  )
  t.equal(new Set(world.slack.posts.map(({ body }) => JSON.stringify(body))).size, 1)

  world.slack.next.push({ body: { ok: false, error: 'not_in_channel' } })
  t.equal((await world.send(fromSlack(slackDirect(QUESTION)))).status, 200)
  await until(() => world.lines.some(({ msg }) => msg === 'Slack reply not posted'))
  t.match(
    world.lines.find(({ msg }) => msg === 'Slack reply not posted'),
    { attempts: 1, reason: 'not_in_channel' },
  )
  t.notMatch(JSON.stringify(world.lines), 'xoxb-a-token')
})

t.test('without a token, events are acknowledged and not answered, which the log reports', async t => {
  const world = await buildWebhookWorld(t, { WEBHOOK_SLACK_TOKEN: '' })
  t.match(await world.send(fromSlack(slackDirect(QUESTION))), { status: 200, body: {} })
  t.same(world.turns(), [])
  t.match(
    world.lines.filter(({ msg }) => /^Slack events are not answered/.test(String(msg))),
    [{ setting: 'WEBHOOK_SLACK_TOKEN' }],
  )
})

t.test('a token without a secret is reported, because there is no route', async t => {
  const others = Object.fromEntries(Object.keys(WEBHOOK_SECRETS).map(name => [name, '']))
  for (const secrets of [{ WEBHOOK_SLACK_SECRET: '' }, others]) {
    const world = await buildWebhookWorld(t, secrets)
    t.equal((await world.send(fromSlack(slackDirect(QUESTION)))).status, 404)
    t.match(
      world.lines.filter(({ msg }) => msg === 'Slack webhooks are not accepted: the secret is not set'),
      [{ module: 'webhooks', setting: 'WEBHOOK_SLACK_SECRET' }],
    )
  }
})

t.test('after a restart, a retry gets the stored reply, and the conversation continues', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'pellucid-test-'))
  const request = fromSlack(slackDirect(QUESTION))
  const before = await buildWebhookWorld(t, { DATA_DIR: dataDir })
  const answer = await before.ask(request)
  await before.app.close()
  const after = await buildWebhookWorld(t, { DATA_DIR: dataDir })
  t.equal(await after.ask(request), answer, 'better twice than never')
  t.same(after.turns(), [])
  t.match(await after.ask(fromSlack(slackDirect('/history'))), /how is green tea brewed/)
})
