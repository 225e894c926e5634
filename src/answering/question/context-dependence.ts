import { analyse } from '../../text/analysis.ts'
import { weighEnglishWord } from '../word-weight.ts'

/** Whether a message can be understood without earlier turns. */
export type ContextDependence = 'self-contained' | 'maybe-dependent' | 'dependent'

/** The first word of a clause, which ends an opening before it. */
const CLAUSE = String.raw`\s+(?:ok|yes|yeah|and|but|so|then|also|well|what'?s?|when|where'?s?|which|who'?s?|how'?s?|why|is|are|am|do|does|did|can|could|would|will|should|may|has|have|was|were|i'?m?|we|you|it'?s?|they|he|she|that'?s?|this|there|let'?s?|please|thanks?|sounds|uh|um+)\b`
/**
 * Openings such as "ok, thanks". Words that may also start a title need a pause or a clause after
 * them.
 */
const OPENING = new RegExp(
  String.raw`^(?:(?:(?:ok(?:ay)?|oh|ah|uh|um+|hm+|yes|yeah|yep|all ?right|got it|thanks?(?: you)?)|(?:no|well|great|perfect|awesome|excellent|good|fine|cool|nice)(?=\s*[,.!…–-]|\s*$|${CLAUSE}))(?:[\s,.!…–-]+|$))+`,
  'i',
)
/** Connectives that continue the last turn. */
const CONNECTIVE = new RegExp(
  String.raw`^(?:and|or|but|so|then|also|otherwise|(?:plus|instead)(?=\s*,|${CLAUSE})|what about|how about|und|oder|aber|et|mais|pero|y(?=\s+(?:a|c[oó]mo|con|cu[aá]l|cu[aá]ndo|d[oó]nde|de|el|en|eso|la|los|las|para|por|qu[eé]|si|sin|un|una)\b))\b`,
  'i',
)
const QUESTION_OPENED = /^\s*[¿¡]+/
/**
 * A connective with at most this many content words depends on the last turn; more words are
 * self-contained.
 */
const JOINED_WORDS = 2
/**
 * Words that are names in upper case, in a message that is not all upper case: the OR operator, the
 * IT department.
 */
const NAMED = /^(?:OR|AND|SO|IT)$/
const THERE_AT_THE_END = /(?<!\b(?:is|are|was|were|be|been))\s+there\s*[?.!]*$|^there$/i
/**
 * Pronouns that refer to earlier text. "that", "this" and similar do so at the start and end only;
 * elsewhere they belong to a noun or a clause.
 */
const PRONOUN =
  /\b(?:it|its|it's|they|they're|them|their|theirs|he|she|him|his|her|hers|(?:the|that|this) (?:place|location|same|latter|former)|(?:that|this) one|(?:that|this|these|those)(?=\s*(?:[?.!,;]|$))|(?:that|this)(?=\s+(?:mean|work|cost|happen|help|apply)\b)|(?<=^)(?:that|this)(?=\s+(?:is|was|works?|does|can|would|will|means?)\b))(?![\p{L}'’])/iu
/** Expletive "it", which refers to nothing: "is it true that", "does it take long to". */
const EXPLETIVE =
  /\b(?:is|was|be|does|makes?|takes?) it (?:\p{L}+ly )?\p{L}+ (?:to|that|for|if|when)\b|\bit(?:'s| is| was) (?:\p{L}+ly )?\p{L}+ (?:to|that|for|if)\b/iu
/**
 * A word before a pronoun that is at least this rare, one in e^5.5 ≈ 250 English texts, is probably
 * its antecedent.
 */
const ANTECEDENT_WEIGHT = 5.5
const NAME = /\s\p{Lu}\p{L}/u
const LOWER_CASE = /\p{Ll}/u
/** References to earlier turns are at the start of a message. */
const MAX_LENGTH = 500

/**
 * Estimates whether a message depends on earlier turns, by the openings, connectives and pronouns
 * of English and a few words of other languages. Linear in at most 500 characters.
 */
export function readContextDependence(message: string): ContextDependence {
  const whole = message.replace(QUESTION_OPENED, '').trim().slice(0, MAX_LENGTH)
  const proper = whole.replace(OPENING, '')
  const isOpened = proper !== whole
  const pronoun = find(PRONOUN, proper)
  const refersBack = pronoun !== undefined && !EXPLETIVE.test(proper)
  const connective = find(CONNECTIVE, proper)
  const isJoined = connective !== undefined
  const isShort = isJoined && countWords(proper.slice(connective.length)) <= JOINED_WORDS
  if (isShort || THERE_AT_THE_END.test(proper) || ((isOpened || isJoined) && refersBack)) return 'dependent'
  return isOpened || isJoined || (refersBack && hasNoAntecedent(proper)) ? 'maybe-dependent' : 'self-contained'
}

/** Returns the first match of a pattern, unless it is a name. */
function find(pattern: RegExp, message: string): string | undefined {
  const [found] = pattern.exec(message) ?? []
  return found !== undefined && NAMED.test(found) && LOWER_CASE.test(message) ? undefined : found
}

function countWords(text: string): number {
  return analyse(text).filter(({ stopWord }) => !stopWord).length
}

function hasNoAntecedent(message: string): boolean {
  const before = message.slice(0, message.search(PRONOUN))
  if (LOWER_CASE.test(message) && NAME.test(before)) return false
  return analyse(before).every(word => word.stopWord || weighEnglishWord(word) < ANTECEDENT_WEIGHT)
}
