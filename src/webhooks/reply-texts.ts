import { fillText, fixedText } from '../reply-text.ts'
import type { Texts } from '../wording/texts.ts'
import type { ReceiverOptions } from './receiver.ts'

/** The replies of the service itself, in the default language. */
export function loadReplyTexts({ defaultLanguage, languages }: Texts, maxMessageChars: number): ReceiverOptions['texts'] {
  const { tooLong = '', notAnswered = '', contact = '' } = languages[defaultLanguage] ?? {}
  return {
    tooLong: fillText(tooLong, { limit: fixedText(String(maxMessageChars)) }).plain,
    notAnswered: fillText(notAnswered, { contact: fillText(contact) }).plain,
  }
}
