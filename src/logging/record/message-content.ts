import type { ReplyText } from '../../reply-text.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { cutText } from './line-limit.ts'

/**
 * How much of messages and replies a log or a span holds: redacted text, none, or the full text.
 */
export type MessageContent = 'redacted' | 'off' | 'full'

/** The fields of a log line that hold messages and replies. */
export const TEXT_FIELDS = ['message_text', 'response_text'] as const

/** Longest message or reply in a line, in UTF-16 code units. */
const MAX_CONTENT_CHARS = 2000

/**
 * Creates a function that returns the part of a message or reply to log, or undefined for none.
 * Redacts first, then cuts.
 */
export function createContentFilter(content: MessageContent): (text: ReplyText) => string | undefined {
  if (content === 'off') return () => undefined
  if (content === 'full') return ({ text }) => cutText(text, MAX_CONTENT_CHARS)
  const redacted = createTextRedaction()
  return text => cutText(redacted(text), MAX_CONTENT_CHARS)
}

/** Creates a function that returns a message or reply in its redacted form. */
export function createTextRedaction(): (text: ReplyText) => string {
  const redact = createRedactor().text
  return text => text.toLog(remember(redact))
}

/** Redacts each text once: many parts of a reply are checked against the same whole text. */
function remember(redact: (text: string) => string): (text: string) => string {
  const redacted = new Map<string, string>()
  return text => {
    const known = redacted.get(text) ?? redact(text)
    redacted.set(text, known)
    return known
  }
}
