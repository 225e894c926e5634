const HELLO = "Hello! I'm your documentation assistant. How can I help you today?"
const THANKS = "You're welcome! Ask me anything else about the documentation."
const GOODBYE = 'Goodbye! Come back whenever you have a question.'

/** What people say besides asking, as whole messages, and the reply to it. */
const REPLIES: ReadonlyMap<string, string> = new Map(
  [
    [HELLO, 'hello', 'hi', 'hey', 'hiya', 'howdy', 'greetings', 'good morning', 'good afternoon', 'good evening', 'good day'],
    [THANKS, 'thanks', 'thank you', 'thanks a lot', 'many thanks', 'thank you very much', 'thank you so much', 'thx', 'cheers'],
    [GOODBYE, 'bye', 'bye bye', 'goodbye', 'good bye', 'see you', 'see you later', 'good night', 'farewell'],
  ].flatMap(([reply, ...messages]) => messages.map(message => [message, reply!] as const)),
)

/** Whom a greeting may name without becoming a question. */
const ADDRESSEE = / (?:there|all|everyone|everybody|team|bot|again)$/

/** More than any greeting has, in UTF-16 units. */
const MAX_LENGTH = 64

/**
 * The reply to a message that is a greeting, thanks or a goodbye and nothing else; undefined for every other message. Case, punctuation and
 * emoji do not matter.
 */
export function replyToGreeting(message: string): string | undefined {
  if (message.length > MAX_LENGTH) return undefined
  const words =
    message
      .toLowerCase()
      .match(/\p{L}+|\p{N}+/gu)
      ?.join(' ') ?? ''
  return REPLIES.get(words) ?? REPLIES.get(words.replace(ADDRESSEE, ''))
}
