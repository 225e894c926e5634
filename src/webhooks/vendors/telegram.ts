import { cutReply } from '../cut-reply.ts'
import { cleanText, idAt, parseJson, textAt, valueAt } from '../payload.ts'
import { headerOf, requireRecent, requireSignature } from '../signature.ts'
import type { IgnoredReason, Payload, SourceOptions, WebhookSource } from '../webhook.ts'

/** What Telegram accepts in one message. */
const MAX_REPLY_CHARS = 4096
/** Telegram tries to deliver an update for at most this time. Its requests have no other time. */
const WINDOW_MS = 86_400_000
/** Telegram's name of a command in a group: `/help@PellucidBot`. */
const NAMED_COMMAND = /^(\/\w+)@\w+/
/** Names of bots end so. */
const BOT_MENTION = /@\w+bot\b/gi

/**
 * Telegram's updates of a bot. The secret token of `setWebhook` is sent with each, and the reply is
 * a call of `sendMessage` in the body, as https://core.telegram.org/bots/api describes both.
 */
export function createTelegram({ secrets, now }: SourceOptions): WebhookSource {
  return {
    name: 'telegram',

    authenticate(request) {
      requireSignature(headerOf(request, 'x-telegram-bot-api-secret-token'), secrets)
      const payload = parseJson(request.body)
      const date = valueAt(payload, 'message', 'date')
      if (date !== undefined) requireRecent(Number(date) * 1000, now(), WINDOW_MS)
      return payload
    },

    read(payload) {
      const reason = reasonToIgnore(payload)
      if (reason !== undefined) return { kind: 'ignored', reason }
      const [chat, message] = [idAt(payload, 'message', 'chat', 'id'), idAt(payload, 'message', 'message_id')]
      // Other replies have such an id, too, and Telegram accepts no message to it.
      const isTopic = valueAt(payload, 'message', 'is_topic_message') === true
      const thread = isTopic ? valueAt(payload, 'message', 'message_thread_id') : undefined
      const isGroup = isOfGroup(payload)
      return {
        kind: 'message',
        eventId: `${idAt(payload, 'update_id')}/${chat}/${message}`,
        conversation: Number.isSafeInteger(thread) ? `${chat}/${thread}` : chat,
        ...(!isGroup && { user: idAt(payload, 'message', 'from', 'id') }),
        text: readText(textAt(payload, 'message', 'text') ?? '', isGroup),
        target: {
          chat_id: valueAt(payload, 'message', 'chat', 'id'),
          ...(Number.isSafeInteger(thread) && { message_thread_id: thread }),
          ...(isGroup && { reply_parameters: { message_id: Number(message), allow_sending_without_reply: true } }),
        },
      }
    },

    // Markup that Telegram does not accept would lose the message, and the body gets no answer.
    format: ({ target }, { responseText }) => ({
      body: { method: 'sendMessage', ...target, text: cutReply(responseText, MAX_REPLY_CHARS) },
    }),
  }
}

function reasonToIgnore(payload: Payload): IgnoredReason | undefined {
  if (valueAt(payload, 'message') === undefined)
    return valueAt(payload, 'edited_message') === undefined ? 'unsupported' : 'edited'
  if (valueAt(payload, 'message', 'from', 'is_bot') === true || valueAt(payload, 'message', 'via_bot') !== undefined) return 'bot'
  const text = textAt(payload, 'message', 'text')
  if (text === undefined || readText(text, isOfGroup(payload)) === '') return 'no_text'
  const isToBot = text.startsWith('/') || text.search(BOT_MENTION) >= 0
  const isAnswer = valueAt(payload, 'message', 'reply_to_message', 'from', 'is_bot') === true
  return isOfGroup(payload) && !isToBot && !isAnswer ? 'not_addressed' : undefined
}

/** Chats without a type are of old examples, and private. */
function isOfGroup(payload: Payload): boolean {
  return (textAt(payload, 'message', 'chat', 'type') ?? 'private') !== 'private'
}

/** The text for the chatbot. A chat begins with `/start`, which shows what the bot can do. */
function readText(text: string, isGroup: boolean): string {
  const message = cleanText(text).replace(NAMED_COMMAND, '$1')
  if (message.startsWith('/')) return message.replace(/^\/start\b.*$/s, '/help')
  return isGroup ? message.replace(BOT_MENTION, '').trim() : message
}
