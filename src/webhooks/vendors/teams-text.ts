import { Parser } from 'htmlparser2'
import { cleanText } from '../payload.ts'

const BLOCKS = new Set(['p', 'div', 'li', 'tr', 'br', 'pre', 'blockquote'])

/**
 * The text of a message of Teams, which is HTML. The first mention is that of the bot, and is left
 * out.
 */
export function readTeamsText(html: string): string {
  let text = ''
  let mentions = 0
  let isInMention = false
  const parser = new Parser({
    onopentag(name) {
      isInMention = name === 'at'
      if (isInMention) mentions++
      if (BLOCKS.has(name)) text += '\n'
    },
    onclosetag(name) {
      if (name === 'at') isInMention = false
    },
    ontext(part) {
      if (!isInMention || mentions > 1) text += part
    },
  })
  parser.end(html)
  return cleanText(text.replace(/\u00A0/g, ' ').replace(/\n{3,}/g, '\n\n'))
}
