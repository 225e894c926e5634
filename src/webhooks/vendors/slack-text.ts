import { cleanText } from '../payload.ts'

/** `<@U1|name>`, `<#C1|name>`, `<!here>`, `<https://example.com|label>`. */
const REFERENCE = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/**
 * The text of a message of Slack. A mention of a person becomes the name that Slack sends with it.
 * That of the bot is left out; without its id, the first mention is taken for it.
 */
export function readSlackText(text: string, bot?: string): string {
  let mentions = 0
  const plain = text.replace(REFERENCE, (_, sign: string, target: string, label?: string) => {
    if (sign === '@') return target === bot || (bot === undefined && ++mentions === 1) ? '' : (label ?? '')
    if (sign === '#') return `#${label ?? ''}`
    return sign === '!' ? '' : (label ?? target)
  })
  return cleanText(plain.replace(/&(?:amp|lt|gt);/g, entity => ENTITIES[entity] ?? entity).replace(/ {2,}/g, ' '))
}
