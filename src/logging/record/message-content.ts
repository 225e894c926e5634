import { createRedactor } from '../redaction/redactor.ts'
import { cutText } from './line-limit.ts'

/** What the log holds of what people say: the text redacted, nothing of it, or the text as it is. */
export type MessageContent = 'redacted' | 'off' | 'full'

/** The fields that hold what people say, and what they are told. */
export const TEXT_FIELDS = ['message_text', 'response_text'] as const

/** Longest message or reply that a line holds, in UTF-16 units. */
const MAX_CONTENT_CHARS = 2000

/** Makes what turns a message or a reply into what the log gets of it: undefined where it gets nothing. A long one is cut, and says by how much. */
export function createContentFilter(content: MessageContent): (text: string) => string | undefined {
  if (content === 'off') return () => undefined
  if (content === 'full') return text => cutText(text, MAX_CONTENT_CHARS)
  const { text: redact } = createRedactor()
  return text => (text.length > MAX_CONTENT_CHARS ? cutText(text, MAX_CONTENT_CHARS, redact) : redact(text))
}
