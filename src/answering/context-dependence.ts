import type { Analyse } from './coverage.ts'
import { weighEnglishWord } from './word-weight.ts'

/** `stands`: a message says itself what it is about; `leans`: it hardly means anything without the turns before it; `may-lean`: it could be either. */
export type Leaning = 'stands' | 'may-lean' | 'leans'

/** How a clause begins, by its first word: what stands before it is no part of it. */
const CLAUSE = String.raw`\s+(?:ok|yes|yeah|and|but|so|then|also|well|what'?s?|when|where'?s?|which|who'?s?|how'?s?|why|is|are|am|do|does|did|can|could|would|will|should|may|has|have|was|were|i'?m?|we|you|it'?s?|they|he|she|that'?s?|this|there|let'?s?|please|thanks?|sounds|uh|um+)\b`
/** What people say before the message proper, as one does in the middle of a talk. Of words that also begin a title, those that a pause or a clause follows. */
const OPENING = new RegExp(
  String.raw`^(?:(?:(?:ok(?:ay)?|oh|ah|uh|um+|hm+|yes|yeah|yep|all ?right|got it|thanks?(?: you)?)|(?:no|well|great|perfect|awesome|excellent|good|fine|cool|nice)(?=\s*[,.!…–-]|\s*$|${CLAUSE}))(?:[\s,.!…–-]+|$))+`,
  'i',
)
/** What goes on where the last turn ended. */
const CONNECTIVE = new RegExp(
  String.raw`^(?:and|or|but|so|then|also|otherwise|(?:plus|instead)(?=\s*,|${CLAUSE})|what about|how about|und|oder|aber|et|mais|pero|y(?=\s+(?:a|c[oó]mo|con|cu[aá]l|cu[aá]ndo|d[oó]nde|de|el|en|eso|la|los|las|para|por|qu[eé]|si|sin|un|una)\b))\b`,
  'i',
)
const QUESTION_OPENED = /^\s*[¿¡]+/
/** A connective joins so few words of meaning to the last turn; more say themselves what they are about. */
const JOINED_WORDS = 2
/** Words that are names or units where they are written so, in a message that is not all upper case: the OR operator, the IT department. */
const NAMED = /^(?:OR|AND|SO|IT)$/
const THERE_AT_THE_END = /(?<!\b(?:is|are|was|were|be|been))\s+there\s*[?.!]*$|^there$/i
/** Words that stand for something named before; "that" and its kin do at the beginning and the end, and elsewhere belong to a noun or a clause. */
const PRONOUN =
  /\b(?:it|its|it's|they|they're|them|their|theirs|he|she|him|his|her|hers|(?:the|that|this) (?:place|location|same|latter|former)|(?:that|this) one|(?:that|this|these|those)(?=\s*(?:[?.!,;]|$))|(?:that|this)(?=\s+(?:mean|work|cost|happen|help|apply)\b)|(?<=^)(?:that|this)(?=\s+(?:is|was|works?|does|can|would|will|means?)\b))(?![\p{L}'’])/iu
/** "it" stands for nothing in "is it true that" and "does it take long to". */
const EXPLETIVE =
  /\b(?:is|was|be|does|makes?|takes?) it (?:\p{L}+ly )?\p{L}+ (?:to|that|for|if|when)\b|\bit(?:'s| is| was) (?:\p{L}+ly )?\p{L}+ (?:to|that|for|if)\b/iu
/** A word before a pronoun that is so rare in English, one of e^5.5 ≈ 250 runs of text, is most likely what the pronoun stands for. */
const ANTECEDENT_WEIGHT = 5.5
const NAME = /\s\p{Lu}\p{L}/u
const LOWER_CASE = /\p{Ll}/u
/** What leans says so at its beginning. */
const MAX_LENGTH = 500

/** Tells whether a message needs the turns before it, by what English and a few words of its neighbours use to refer back. Linear in at most 500 characters. */
export function readLeaning(message: string, analyse: Analyse): Leaning {
  const whole = message.replace(QUESTION_OPENED, '').trim().slice(0, MAX_LENGTH)
  const proper = whole.replace(OPENING, '')
  const isOpened = proper !== whole
  const pronoun = find(PRONOUN, proper)
  const refersBack = pronoun !== undefined && !EXPLETIVE.test(proper)
  const connective = find(CONNECTIVE, proper)
  const isJoined = connective !== undefined
  const isShort = isJoined && countWords(proper.slice(connective.length), analyse) <= JOINED_WORDS
  if (isShort || THERE_AT_THE_END.test(proper) || ((isOpened || isJoined) && refersBack)) return 'leans'
  return isOpened || isJoined || (refersBack && hasNoAntecedent(proper, analyse)) ? 'may-lean' : 'stands'
}

/** What a pattern finds at first, unless it is a name that is written like it. */
function find(pattern: RegExp, message: string): string | undefined {
  const [found] = pattern.exec(message) ?? []
  return found !== undefined && NAMED.test(found) && LOWER_CASE.test(message) ? undefined : found
}

function countWords(text: string, analyse: Analyse): number {
  return analyse(text).filter(({ stopWord }) => !stopWord).length
}

function hasNoAntecedent(message: string, analyse: Analyse): boolean {
  const before = message.slice(0, message.search(PRONOUN))
  if (LOWER_CASE.test(message) && NAME.test(before)) return false
  return analyse(before).every(word => word.stopWord || weighEnglishWord(word) < ANTECEDENT_WEIGHT)
}
