import { analyse } from '../../text/analysis.ts'
import { blankQuestionWords } from './question-words.ts'

/**
 * What a question compares: for each side the terms that only it has. The first one is next to the
 * connective, as "passive" in "active or passive health checks": the others may be those of both.
 */
export type Sides = readonly (readonly string[])[]

/** A longer text on a side of "or" is no name. Words. */
const MAX_WORDS = 5
const NAME = String.raw`[^,;:?!\n]{1,80}?`
const END = String.raw`(?=\s*(?:[,;:?!\n]|\.\s|\.?$|\b(?:when|for|if|in|on|at|with|under|during|which|what|whats|how|do|does)\b))`
/** Expressions that name two things, in two groups. */
const PATTERNS = [
  String.raw`\bdifferen(?:ces?|t)\b.{0,20}?\bbetween (?:the |an? )?(${NAME}) and (?:the |an? )?(${NAME})${END}`,
  String.raw`\bunterschied\p{L}* zwischen (${NAME}) und (${NAME})${END}`,
  String.raw`\bcompar(?:e|ed|ing|ison of) (${NAME}) (?:and|with|to) (${NAME})${END}`,
  String.raw`(${NAME})\s+(?:vs\.?|versus|compared (?:to|with)|as opposed to)\s+(${NAME})${END}`,
  String.raw`(${NAME})\s+(?:differs?|different) from\s+(${NAME})${END}`,
  String.raw`(${NAME})\s+(?:or|oder)\s+(${NAME})${END}`,
].map(pattern => new RegExp(pattern, 'iu'))
/** Without one of these words, no pattern matches. Most messages have none. */
const MAY_COMPARE = /differ|unterschied|compar|\s(?:vs|versus|as opposed|or|oder)[\s.]/i
/** A comparison is at the start of a message. */
const MAX_LENGTH = 300

/** Finds what a message compares: no sides, or two. Reads at most 300 characters. */
export function findSides(message: string): Sides {
  // Without runs of spaces, which the patterns would try at each place.
  const read = message.slice(0, MAX_LENGTH).replace(/[^\S\n]+/g, ' ')
  if (!MAY_COMPARE.test(read)) return []
  for (const pattern of PATTERNS) {
    const [, first, second] = pattern.exec(read) ?? []
    if (first === undefined || second === undefined) continue
    const sides = [first.split(/\s+/).slice(-MAX_WORDS).join(' '), second].map(termsOf)
    const [left = [], right = []] = sides.map((side, i) => side.filter(term => !sides[1 - i]!.includes(term)))
    if ([left, right].every(side => side.length > 0 && side.length <= MAX_WORDS)) return [left.toReversed(), right]
  }
  return []
}

function termsOf(name: string): readonly string[] {
  return [...new Set(analyse(blankQuestionWords(name)).flatMap(({ term, stopWord }) => (stopWord ? [] : term)))]
}
