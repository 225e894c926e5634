const HELLO = "Hello! I'm your documentation assistant. How can I help you today?"
const THANKS = "You're welcome! Ask me anything else about the documentation."
const GOODBYE = 'Goodbye! Come back whenever you have a question.'

/** The reply to each greeting, thanks and goodbye. */
const REPLIES: ReadonlyMap<string, string> = new Map(
  [
    [HELLO, 'hello', 'hi', 'hey', 'hiya', 'howdy', 'greetings', 'good morning', 'good afternoon', 'good evening', 'good day'],
    [THANKS, 'thanks', 'thank you', 'thanks a lot', 'many thanks', 'thank you very much', 'thank you so much', 'thx', 'cheers'],
    [GOODBYE, 'bye', 'bye bye', 'goodbye', 'good bye', 'see you', 'see you later', 'good night', 'farewell'],
  ].flatMap(([reply, ...messages]) => messages.map(message => [message, reply!] as const)),
)

/** Addressees that may follow a greeting. */
const ADDRESSEE = / (?:there|all|everyone|everybody|team|bot|again)$/

/** Longer than any greeting, in UTF-16 code units. */
const MAX_LENGTH = 64

/**
 * Finds the reply to a message that consists of a greeting, thanks or a goodbye. Undefined for any
 * other message. Ignores case, punctuation and emoji.
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
