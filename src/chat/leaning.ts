import type { Analyse } from './coverage.ts'
import { chooseWeights } from './word-weight.ts'

/** `stands`: a message says itself what it is about; `leans`: it hardly means anything without the turns before it; `may-lean`: it could be either. */
export type Leaning = 'stands' | 'may-lean' | 'leans'

/** What people say before the message proper, as one does in the middle of a talk. */
const OPENING =
  /^(?:(?:ok(?:ay)?|oh|ah|uh|um+|hm+|yes|yeah|yep|no|well|great|perfect|awesome|excellent|good|fine|cool|nice|all ?right|got it|thanks?(?: you)?)[\s,.!…–-]+)+/i
/** What goes on where the last turn ended. */
const CONNECTIVE = /^(?:and|or|but|so|then|also|plus|otherwise|instead|what about|how about|und|oder|aber|et|mais|y|pero)\b/i
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
/** What leans says so at its beginning. */
const MAX_LENGTH = 500

const weigh = chooseWeights([])

/** Tells whether a message needs the turns before it, by what English and a few words of its neighbours use to refer back. Linear in at most 500 characters. */
export function readLeaning(message: string, analyse: Analyse): Leaning {
  const whole = message.trim().slice(0, MAX_LENGTH)
  const proper = whole.replace(OPENING, '')
  const goesOn = CONNECTIVE.test(proper) || THERE_AT_THE_END.test(proper)
  const [pronoun] = PRONOUN.exec(proper) ?? []
  const refersBack = pronoun !== undefined && !EXPLETIVE.test(proper)
  const isOpened = proper !== whole
  if (goesOn || (isOpened && refersBack)) return 'leans'
  return isOpened || (refersBack && hasNoAntecedent(proper, analyse)) ? 'may-lean' : 'stands'
}

function hasNoAntecedent(message: string, analyse: Analyse): boolean {
  const before = message.slice(0, message.search(PRONOUN))
  if (NAME.test(before)) return false
  return analyse(before).every(word => word.stopWord || weigh(word) < ANTECEDENT_WEIGHT)
}
