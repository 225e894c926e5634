import { cutReply } from '../cut-reply.ts'
import { idAt, parseJson, textAt } from '../payload.ts'
import { headerOf, hmac, requireRecent, requireSignature } from '../signature.ts'
import type { SourceOptions, WebhookSource } from '../webhook.ts'
import { readTeamsText } from './teams-text.ts'

/** Teams accepts messages of about 28 KB, in which a character takes up to 3 bytes. */
const MAX_REPLY_CHARS = 9000

/**
 * Outgoing webhooks of Microsoft Teams: activities of the Bot Framework, signed with the security
 * token of the webhook, in base64 as Teams shows it; each team has its own. The reply is the body,
 * within five seconds.
 */
export function createTeams({ secrets, now }: SourceOptions): WebhookSource {
  const keys = secrets.map(secret => Buffer.from(secret, 'base64'))
  return {
    name: 'teams',

    authenticate(request) {
      requireSignature(
        headerOf(request, 'authorization'),
        keys.map(key => `HMAC ${hmac(key, [request.body], 'base64')}`),
      )
      const payload = parseJson(request.body)
      requireRecent(Date.parse(textAt(payload, 'timestamp') ?? ''), now())
      return payload
    },

    read(payload) {
      if (textAt(payload, 'type') !== 'message') return { kind: 'ignored', reason: 'unsupported' }
      if (textAt(payload, 'from', 'role') === 'bot') return { kind: 'ignored', reason: 'bot' }
      const conversation = idAt(payload, 'conversation', 'id')
      return {
        kind: 'message',
        eventId: `${conversation}/${idAt(payload, 'id')}`,
        conversation,
        // Who only mentions the bot wants to know what it does.
        text: readTeamsText(textAt(payload, 'text') ?? '') || '/help',
        target: {},
      }
    },

    format: (_message, { response }) => ({ body: { type: 'message', text: keepLines(cutReply(response, MAX_REPLY_CHARS)) } }),
  }
}

/** Marks the ends of lines outside of code: Teams would join them. */
function keepLines(markdown: string): string {
  return markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/(?<=\S)\n(?=\S)/g, '  \n')))
    .join('')
}
