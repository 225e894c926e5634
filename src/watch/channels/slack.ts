import type { Channel, Notification } from './notification.ts'
import { postJson } from './post.ts'
import { subjectOf } from './render.ts'

/** What Slack accepts in one block. */
const MAX_BLOCK_CHARS = 3000
const MAX_FACTS = 10
/** Slack accepts 50; some are for the header, facts, lines and links. */
const MAX_PARAGRAPHS = 40

/** Sends to an incoming webhook of Slack, or of a service that takes the same messages. */
export function createSlackChannel({ webhookUrl }: { readonly webhookUrl: string }): Channel {
  return { name: 'slack', send: (notification, signal) => postJson(webhookUrl, toSlackMessage(notification), {}, signal) }
}

/** A notification as a message of blocks. `text` is what phones and screen readers show. */
function toSlackMessage(notification: Notification): string {
  const { facts, text, lines = [], links, summary, kind } = notification
  const block = (content: string) => ({ type: 'section', text: { type: 'mrkdwn', text: fit(content, MAX_BLOCK_CHARS) } })
  const field = ([name, value]: readonly [string, string]) => ({
    type: 'mrkdwn',
    text: fit(`*${escaped(name)}*\n${escaped(value)}`, 2000),
  })
  const body = kind === 'report' ? text : [summary, ...text]
  return JSON.stringify({
    text: escaped(subjectOf(notification)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: subjectOf({ ...notification, summary: '' }).slice(0, 150) } },
      ...body
        .filter(paragraph => paragraph !== '')
        .slice(0, MAX_PARAGRAPHS)
        .map(paragraph => block(escaped(paragraph))),
      ...(facts.length > 0 ? [{ type: 'section', fields: facts.slice(0, MAX_FACTS).map(field) }] : []),
      ...(lines.length > 0
        ? [block(`\`\`\`${fit(escaped(lines.join('\n').replaceAll('```', "'''")), MAX_BLOCK_CHARS - 6)}\`\`\``)]
        : []),
      ...(links.length > 0 ? [block(links.map(([name, url]) => `<${url}|${escaped(name)}>`).join(' · '))] : []),
    ],
  })
}

/** Cuts an escaped text, but no escaped character in two. */
function fit(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : text.slice(0, maxChars).replace(/&[a-z]{0,3}$/, '')
}

/** The three characters that Slack gives a meaning to. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
