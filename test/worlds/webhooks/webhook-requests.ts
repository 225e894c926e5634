import { createHmac } from 'node:crypto'

/** A request as a vendor sends it. */
export interface SignedRequest {
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/**
 * The secrets that the vendors' documentation uses in its examples: Slack in "Verifying requests
 * from Slack", Teams in "Create an Outgoing Webhook". Telegram and the generic form have none.
 */
export const WEBHOOK_SECRETS = {
  WEBHOOK_SLACK_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  WEBHOOK_TELEGRAM_SECRET: 'telegram_secret-for-tests',
  WEBHOOK_TEAMS_SECRET: 'vqF0En+Z0ucuRTM/01o2GuhMH3hKKk/N2bOmlM31zaA=',
  WEBHOOK_GENERIC_SECRET: 'generic secret for tests',
} as const

const seconds = (ms: number) => String(Math.floor(ms / 1000))
const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text)
const toText = (body: object | string) => (typeof body === 'string' ? body : JSON.stringify(body))

/** Signs a body as Slack does. */
export function fromSlack(
  body: object | string,
  { at = Date.now(), secret = WEBHOOK_SECRETS.WEBHOOK_SLACK_SECRET as string } = {},
) {
  const text = toText(body)
  return {
    path: '/webhooks/slack',
    headers: {
      'content-type': typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json',
      'x-slack-request-timestamp': seconds(at),
      'x-slack-signature': `v0=${hmac(secret, `v0:${seconds(at)}:${text}`).digest('hex')}`,
    },
    body: text,
  } satisfies SignedRequest
}

/** Sends an update as Telegram does. */
export function fromTelegram(body: object, { secret = WEBHOOK_SECRETS.WEBHOOK_TELEGRAM_SECRET as string } = {}) {
  return {
    path: '/webhooks/telegram',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
    body: toText(body),
  } satisfies SignedRequest
}

/** Signs an activity as Teams does: with the bytes of the token, not with its text. */
export function fromTeams(body: object, { secret = WEBHOOK_SECRETS.WEBHOOK_TEAMS_SECRET as string } = {}) {
  const text = toText(body)
  return {
    path: '/webhooks/teams',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      authorization: `HMAC ${hmac(Buffer.from(secret, 'base64'), text).digest('base64')}`,
    },
    body: text,
  } satisfies SignedRequest
}

/** Signs a body as this server signs its own webhooks. */
export function fromProgram(body: object, { at = Date.now(), secret = WEBHOOK_SECRETS.WEBHOOK_GENERIC_SECRET as string } = {}) {
  const text = toText(body)
  return {
    path: '/webhooks/generic',
    headers: {
      'content-type': 'application/json',
      'x-pellucid-timestamp': seconds(at),
      'x-pellucid-signature': `sha256=${hmac(secret, `${seconds(at)}.${text}`).digest('hex')}`,
    },
    body: text,
  } satisfies SignedRequest
}

/**
 * The slash command of "Verifying requests from Slack", with its signature and its time,
 * 12 July 2018.
 */
export const SLACK_EXAMPLE = {
  at: 1_531_420_618_000,
  request: {
    path: '/webhooks/slack',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  },
} as const satisfies { readonly at: number; readonly request: SignedRequest }

/** The handshake of https://docs.slack.dev/reference/events/url_verification. */
export const SLACK_HANDSHAKE = {
  token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl',
  challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
  type: 'url_verification',
}

let events = 0

/** An envelope of https://docs.slack.dev/reference/events/app_mention with another text. */
export function slackMention(text: string, { event = {}, ...envelope }: { event?: object; [field: string]: unknown } = {}) {
  return {
    token: 'ZZZZZZWSxiZZZ2yIvs3peJ',
    team_id: 'T123ABC456',
    api_app_id: 'A123ABC456',
    event: {
      type: 'app_mention',
      user: 'U123ABC456',
      text: `<@U0LAN0Z89> ${text}`,
      ts: '1515449522.000016',
      channel: 'C123ABC456',
      event_ts: '1515449522000016',
      ...event,
    },
    type: 'event_callback',
    event_id: `Ev${++events}`,
    event_time: 1_515_449_522_000_016,
    authed_users: ['U0LAN0Z89'],
    authorizations: [{ enterprise_id: null, team_id: 'T123ABC456', user_id: 'U0LAN0Z89', is_bot: true }],
    ...envelope,
  }
}

/** The same for a message to the bot, of https://docs.slack.dev/reference/events/message.im. */
export function slackDirect(text: string, event: object = {}) {
  return slackMention('', {
    event: { type: 'message', channel: 'D024BE91L', user: 'U2147483697', text, channel_type: 'im', ...event },
  })
}

/** The first update of https://core.telegram.org/bots/webhooks#testing-your-bot-with-updates. */
export const TELEGRAM_EXAMPLE = {
  update_id: 10_000,
  message: {
    date: 1_441_645_532,
    chat: { last_name: 'Test Lastname', id: 1_111_111, first_name: 'Test', username: 'Test' },
    message_id: 1365,
    from: { last_name: 'Test Lastname', id: 1_111_111, first_name: 'Test', username: 'Test' },
    text: '/start',
  },
}

/** The same with another text, sent now. */
export function telegramUpdate(text: string, message: object = {}, update: object = {}) {
  const date = Math.floor(Date.now() / 1000)
  return { update_id: 10_000 + ++events, message: { ...TELEGRAM_EXAMPLE.message, date, text, ...message }, ...update }
}

/** An activity of a channel, as the documentation of Teams' bots describes it. */
export function teamsActivity(text: string, more: object = {}) {
  return {
    type: 'message',
    id: String(1_485_983_408_511 + ++events),
    timestamp: new Date().toISOString(),
    localTimestamp: '2017-02-01T15:10:07.255-06:00',
    serviceUrl: 'https://smba.trafficmanager.net/amer-client-ss.msg/',
    channelId: 'msteams',
    from: {
      id: '29:1XJKJMvc5GBtc2JwZq0oj8tHZmzrQgFmB25ATiQWA85gQtHieVkKilBZ9XHoq9j7Zaqt7CZ-NJWi7me2kHTL3Bw',
      name: 'Megan Bowen',
    },
    conversation: { isGroup: true, id: '19:253b1f341670408fb6fe51050b6e5ceb@thread.skype;messageid=1485983194839', name: null },
    recipient: null,
    textFormat: 'plain',
    attachments: [{ contentType: 'text/html', content: `<div><at>Pellucid</at>&nbsp;${text}</div>` }],
    entities: [{ type: 'clientInfo', locale: 'en-US', country: 'US', platform: 'Windows' }],
    text: `<at>Pellucid</at>&nbsp;${text}\n`,
    channelData: {
      teamsChannelId: '19:253b1f341670408fb6fe51050b6e5ceb@thread.skype',
      tenant: { id: '72f988bf-86f1-41af-91ab' },
    },
    ...more,
  }
}

/** The body of the generic form. */
export function programMessage(message: string, more: object = {}) {
  return { event_id: `evt-${++events}`, conversation_id: 'support-42', user_id: 'ada', message, ...more }
}
