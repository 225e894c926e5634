import { analyse } from './analysis.ts'
import { boldTerm } from './bold-term.ts'

/** What a sentence defines. */
export interface Definition {
  /** The content words of the subject as terms, in order. */
  readonly subject: readonly string[]
  /** Whether it says what the subject is, and not only what the subject does or is for. */
  readonly saysWhat: boolean
}

/** Words of a subject. A longer one is a clause. */
const MAX_WORDS = 5
/** A definition names its subject at the start. UTF-16 code units that are read. */
const MAX_START = 160

const WORD = String.raw`[^\s,;:.()|*]+(?:\.[^\s,;:.()|*]+)*`
const NAME = String.raw`(?<name>${WORD}(?:\s+${WORD}){0,4}?)`
const OPENING = String.raw`^[\s*_>-]*(?:in [^\s,]+(?: [^\s,]+){0,2}, )?(?:(?:the|an?|der|die|das|eine?)\s+)?`
const ASIDE = String.raw`[*_]*(?:\s+\([^()\n]{1,40}\))?,?\s+`
/** "Caddy is a web server", "**tag**: a name for a commit". */
const SAYS_WHAT = [
  String.raw`${OPENING}${NAME}${ASIDE}(?:(?:is|are|was)\s+(?:an?|the|one|any|some|simply|basically|essentially|just|where|how|what|when)\b|(?:means|refers? to|stands? for)\s|(?:ist|sind)\s+(?:eine?[mnrs]?|der|die|das)\b)`,
  String.raw`^\s*(?:[-*•]\s+)?${boldTerm(NAME)}:\s`,
].map(pattern => new RegExp(pattern, 'iu'))
/** "Actions let you call functions", "The cache is used to keep replies". */
const SAYS_WHAT_FOR = new RegExp(
  String.raw`${OPENING}${NAME}${ASIDE}(?:(?:is|are)\s+(?:designed|meant|intended|responsible|like|used (?:to|for|as))\b|(?:represents?|describes?|denotes?|allows?|lets?|enables?|provides?|gives?|helps?)\s)`,
  'iu',
)

/** Reads a sentence or a list item as a definition. Reads the start of a long one. */
export function readDefinition(text: string): Definition | undefined {
  const start = text.slice(0, MAX_START)
  for (const pattern of [...SAYS_WHAT, SAYS_WHAT_FOR]) {
    const name = pattern.exec(start)?.groups?.name
    const words = name === undefined ? [] : analyse(name)
    // "This is a", "What follows is the": the subject is elsewhere.
    if (words.length === 0 || words.length > MAX_WORDS || words[0]!.stopWord) continue
    const subject = words.filter(({ stopWord }) => !stopWord).map(({ term }) => term)
    return { subject, saysWhat: pattern !== SAYS_WHAT_FOR }
  }
  return undefined
}

const MARK = '='

/**
 * The term under which the index lists the passages that define a subject. No word of a text has
 * this form.
 */
export function definitionTerm(subject: readonly string[]): string {
  return `${MARK}${subject.join(' ')}`
}

/** Whether a term of the index is of `definitionTerm`. */
export function isDefinitionTerm(term: string): boolean {
  return term.startsWith(MARK)
}
