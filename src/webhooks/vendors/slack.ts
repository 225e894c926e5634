import { cutReply } from '../cut-reply.ts'
import { idAt, parseForm, parseJson, textAt, valueAt } from '../payload.ts'
import { headerOf, hmac, requireRecent, requireSignature } from '../signature.ts'
import type { IgnoredReason, Payload, SourceOptions, WebhookEvent, WebhookSource } from '../webhook.ts'
import { toMrkdwn } from './slack-markup.ts'
import { readSlackText } from './slack-text.ts'

/** Slack accepts 40,000 characters, and shows longer ones than this badly. */
const MAX_REPLY_CHARS = 12_000
/** Slack waits for three seconds. */
const ACKNOWLEDGE_WITHIN_MS = 2000
/** Messages that people write. All other subtypes are edits, bots and notices. */
const WRITTEN = new Set([undefined, 'file_share', 'thread_broadcast'])

export interface SlackOptions extends SourceOptions {
  /** Whether replies can be posted: events have no other reply. */
  readonly canPost: boolean
}

/**
 * Slack's Events API and slash commands. Signatures follow
 * https://docs.slack.dev/authentication/verifying-requests-from-slack. Events are answered by a
 * post, in the thread of a mention; slash commands in the body.
 */
export function createSlack({ secrets, canPost, now }: SlackOptions): WebhookSource {
  return {
    name: 'slack',

    authenticate(request) {
      const timestamp = headerOf(request, 'x-slack-request-timestamp') ?? ''
      requireSignature(
        headerOf(request, 'x-slack-signature'),
        secrets.map(secret => `v0=${hmac(secret, [`v0:${timestamp}:`, request.body], 'hex')}`),
      )
      requireRecent(Number(timestamp) * 1000, now())
      const isForm = headerOf(request, 'content-type')?.startsWith('application/x-www-form-urlencoded')
      return isForm ? parseForm(request.body) : parseJson(request.body)
    },

    read(payload) {
      const type = textAt(payload, 'type')
      if (type === 'url_verification') return { kind: 'handshake', body: { challenge: idAt(payload, 'challenge') } }
      if (type === 'event_callback') return readEvent(payload, canPost)
      if (textAt(payload, 'command') !== undefined) return readCommand(payload)
      return { kind: 'ignored', reason: 'unsupported' }
    },

    format({ target }, { response }) {
      const text = cutReply(toMrkdwn(response), MAX_REPLY_CHARS)
      if (target.response_type !== undefined) return { body: { ...target, text } }
      return { body: {}, post: { ...target, text, unfurl_links: false } }
    },
  }
}

function readEvent(payload: Payload, canPost: boolean): WebhookEvent {
  const reason = reasonToIgnore(payload)
  if (reason !== undefined) return { kind: 'ignored', reason }
  if (!canPost) return { kind: 'ignored', reason: 'no_token' }
  const [team, channel] = [idAt(payload, 'team_id'), idAt(payload, 'event', 'channel')]
  const isDirect = textAt(payload, 'event', 'channel_type') === 'im'
  const given = textAt(payload, 'event', 'thread_ts')
  // A mention outside of a thread begins one.
  const thread = given ?? (isDirect ? undefined : idAt(payload, 'event', 'ts'))
  const text = readSlackText(textAt(payload, 'event', 'text') ?? '', botOf(payload))
  return {
    kind: 'message',
    eventId: idAt(payload, 'event_id'),
    conversation: [team, channel, ...(thread === undefined ? [] : [thread])].join('/'),
    ...(isDirect && { user: `${team}/${idAt(payload, 'event', 'user')}` }),
    // Who only mentions the bot wants to know what it does.
    text: text || '/help',
    target: { channel, ...(thread !== undefined && { thread_ts: thread }) },
    acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
  }
}

/** A slash command is between its user and the chatbot, in any channel. */
function readCommand(payload: Payload): WebhookEvent {
  const [team, user] = [idAt(payload, 'team_id'), idAt(payload, 'user_id')]
  return {
    kind: 'message',
    eventId: idAt(payload, 'trigger_id'),
    conversation: `${team}/${idAt(payload, 'channel_id')}/${user}`,
    user: `${team}/${user}`,
    text: readSlackText(textAt(payload, 'text') ?? '') || '/help',
    target: { response_type: 'ephemeral' },
  }
}

function reasonToIgnore(payload: Payload): IgnoredReason | undefined {
  const type = textAt(payload, 'event', 'type')
  if (type !== 'app_mention' && type !== 'message') return 'unsupported'
  const subtype = textAt(payload, 'event', 'subtype')
  const user = textAt(payload, 'event', 'user')
  if (
    subtype === 'bot_message' ||
    valueAt(payload, 'event', 'bot_id') !== undefined ||
    (user !== undefined && user === botOf(payload))
  )
    return 'bot'
  if (subtype === 'message_changed' || valueAt(payload, 'event', 'edited') !== undefined) return 'edited'
  if (!WRITTEN.has(subtype)) return 'unsupported'
  // Of a mention, Slack sends a second event if the app subscribes to the messages of a channel.
  if (type === 'message' && textAt(payload, 'event', 'channel_type') !== 'im') return 'not_addressed'
  return type === 'message' && textAt(payload, 'event', 'text') === undefined ? 'no_text' : undefined
}

/** The user that the app is in this workspace. */
function botOf(payload: Payload): string | undefined {
  const authorizations = valueAt(payload, 'authorizations')
  const bot = Array.isArray(authorizations) ? authorizations.find(entry => valueAt(entry, 'is_bot') === true) : undefined
  return textAt(bot, 'user_id')
}
