import { analyse } from '../../text/analysis.ts'
import { standardSpelling } from './colloquial-spelling.ts'
import { findSides, type Sides } from './comparison.ts'
import { readContextDependence } from './context-dependence.ts'
import { hasError, withoutTraces } from './pasted-log.ts'
import { blankQuestionWords, detectLanguage } from './question-words.ts'
import { findSynonyms, type Synonym } from './synonyms.ts'

/** A word of a question that says what it is about. */
export interface ContentWord {
  readonly word: string
  readonly term: string
}

/** A message, read as a question. Plain data. */
export interface Question {
  /** As the user wrote it. */
  readonly text: string
  /** At most 2,000 characters of it, with function words in their standard spelling. */
  readonly spelled: string
  /** What to search for: the message without question words, or the message if nothing is left. */
  readonly query: string
  /** The distinct content words, in order. Empty for a question of function words only. */
  readonly words: readonly ContentWord[]
  /** Words that may stand for those of the question in the documents. */
  readonly synonyms: readonly Synonym[]
  /**
   * How much the message depends on earlier turns, 0–1: 1 if it clearly refers to them, less if it
   * is short or has a word that may.
   */
  readonly dependence: number
  /** Names as programs write them: `snake_case`, `camelCase`, `--flag`, `a.b`. In lower case. */
  readonly identifiers: readonly string[]
  /**
   * The only identifier, if there is at most one other content word and nothing is compared: the
   * question is about its entry in a reference.
   */
  readonly subject?: string | undefined
  /** Code of the language, if it is recognized. */
  readonly language?: string | undefined
  /** What it compares. Empty if it compares nothing. */
  readonly sides: Sides
  readonly asksHow: boolean
  readonly asksForNumber: boolean
  /** Whether yes or no answers it. */
  readonly asksWhether: boolean
  readonly asksForDefault: boolean
  /** Whether it asks what something is. */
  readonly asksForDefinition: boolean
  /** If so: what may be the subject, each as the terms of its content words. */
  readonly defined: readonly (readonly string[])[]
  /** Whether it asks for all things of a kind. */
  readonly asksForList: boolean
  /** Whether a fact answers it, such as a number or a name, and not what to do. */
  readonly asksForFact: boolean
  /** Whether it has the message of an error. */
  readonly quotesError: boolean
  /** Whether it is about what changed, or about the project itself. */
  readonly asksForNews: boolean
}

const ASKS_FOR_NUMBER =
  /\bhow (?:many|much|old|tall|long|far|high|large|big|often|wide|deep|fast|heavy|soon)\b|^(?:and |but |so )?when\b|\b(?:what|which) (?:year|date|day|month|version|port|number|percentage|percent)\b|\b(?:max(?:imum)?|min(?:imum)?|limit|default|version|port|timeout|size)\b|\bwie ?(?:viele?|lange|oft|hoch|gro(?:ß|ss)|alt|weit)\b|\bab wann\b|^wann\b|\b(?:maximal|mindestens|h(?:ö|oe)chstens)/i
const ASKS_HOW =
  /\bhow (?:do|does|can|could|should|would|to|i)\b|\bexamples?\b|\b(?:i|we) (?:want|need|would like|am trying|'m trying)\b|\bway to\b|\bwie (?:kann|können|mache|macht|richte|erstelle|lege|stelle|setze|bekomme|geht)\b|\bbeispiel/i
const ASKS_WHETHER =
  /(?:^|[,.;]\s*)(?:and |but |so |also |or )?(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|am|isn't|don't|doesn't|can't|ist|sind|kann|können|darf|dürfen|muss|müssen|soll|sollte|hat|haben|wird|werden|gibt es)\s/i
const ASKS_FOR_DEFINITION =
  /^\W*(?:so |and |but )?(?:what(?:'s| is| are)|who is|what does .{1,60} (?:mean|do|stand for)|was (?:ist|sind|bedeutet)|define|explain)\b|\S (?:meaning|explained)\W*$/i
const ASKS_FOR_LIST =
  /^\W*(?:and |please |can you |could you )*(?:list|name|enumerate|show)(?: me)? (?:all|every|the|of)\b|\b(?:what|which) (?:\S+ ){0,8}(?:are there|exists?|(?:is|are)(?: \S+)? (?:available|supported|possible|allowed|offered|included|built[ -]?in)|(?:can|may|could) (?:i|we|you) (?:use|choose|set|pick)|do(?:es)? (?:\S+ ){1,4}(?:support|offer|have|provide|accept|include|come with))\b|\b(?:what|which) (?:\S+ ){0,3}\p{L}+s do (?:i|we|you|they) (?:use|have|offer|get|need|accept|support)\b|\bwhat are (?:all )?the (?:\S+ ){0,3}\p{L}+s\b|\bwhat (?:kinds?|types?|sorts?) of\b|\bwelche[rsn]? (?:\S+ ){0,6}(?:gibt es|gibts|werden (?:unterst(?:ü|ue)tzt|angeboten)|sind (?:m(?:ö|oe)glich|verf(?:ü|ue)gbar|erlaubt)|stehen)(?!\p{L})|^\W*(?:nenne|liste)\b|\bwas f(?:ü|ue)r (?:\S+ ){1,4}gibt es\b/iu
const ASKS_FOR_FACT =
  /\b(?:which|why|welche[mnrs]?|warum)\b|^\W*(?:(?:and|but|so|ok|und|aber) )?(?:what|who|when|where|was|wer|wann|wo)\b/i
const ASKS_FOR_NEWS =
  /\b(?:versions?|released?|releases|chang(?:e|ed|es|elog)|new in|what's new|upgrad\w*|migrat\w*|since|deprecated|history|announce\w*|contribut\w*|änderung\w*|neu in)\b|\d\.\d/i
const ASKS_FOR_DEFAULT = /\bdefaults?\b|\bstandardm(?:ä|ae)(?:ß|ss)ig|\bvoreingestellt/i
const COMPARES = /\b(?:or|vs|versus|instead of|rather than|differ\w*|compared?|oder|statt|unterschied\w*)\b/i
const IDENTIFIER =
  /--?[a-z][\w-]*[a-z0-9]|[@$]?[\p{L}_][\p{L}\p{N}_]*(?:(?:\.|::|:|->)[\p{L}_][\p{L}\p{N}_]*(?:-[\p{L}\p{N}_]+)*)*/giu
const IS_IDENTIFIER = /^--[a-z]|\p{L}_+\p{L}|^_+\p{L}|\p{Ll}\p{Lu}|\p{L}{2}(?:\.|::|:|->)\p{L}{2}/u
/** Words that often, but not always, refer to something said before. */
const REFERENCE =
  /\b(?:it|its|they|them|this|these|ones?|else|instead|same|other|too(?=\W*$)|das|dies\w*|damit|dabei|dafür|davon|ihn)\b|(?:^|[,.;?!]|\b(?:about|after|and|as|at|before|but|by|do|does|for|from|in|is|like|of|on|than|to|was|with))\s*\b(?:that|those)\b|\b(?:that|those)\W*$/iu
/** A phrase with at most this many content words may leave out its topic: "in production?" */
const FEW_WORDS = 2
/** The start of a whole question, which names its topic: "Where are the logs?" */
const WHOLE_QUESTION =
  /^\W*(?:how|what|which|who|when|where|why|is|are|do|does|did|can|could|may|must|should|will|would|has|have|wie|was|wer|wo|wann|warum|welche[rs]?|ist|sind|kann|darf|muss|soll|gibt|comment|quel\w*|où|quand|pourquoi|cómo|qué|cuál\w*|dónde|cuándo)\b/iu
/** Dependence of a message that may refer back. More leads messages of their own topic astray. */
const MAY_DEPEND = 0.5
/** The end of the subject of a definition. */
const AFTER_SUBJECT = /\s(?:in|for|of|on|used|mean|means|meaning|stand|do|with|when|here)\b/i
/** Content words of the subject of a definition. */
const MAX_SUBJECT = 5
/** The address of a person says nothing about the subject. */
const MAIL_ADDRESS = /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/gu
/** The words of an address are searched for, but the documents need not have them. */
const WEB_ADDRESS = /\b(?:https?:\/\/|www\.)\S+/giu
/**
 * The kind of a pasted error, before its message, which says what the error is: "Uncaught
 * ReferenceError: document is not defined". The documents need not have it.
 */
const ERROR_KIND =
  /(?:\buncaught |\bunhandled )?(?:\b[\w$]{1,60}\.){0,8}\b\w{0,60}(?:Error|Exception|Warning)(?: \[\w{1,60}\])?: (?=\W*\w+\W+\w)/gi
/** A sentence that begins without a space: "it fails.How do I". */
const NO_SPACE =
  /(?<=\p{L})[.:](?=(?:how|what|why|when|where|which|who|can|is|are|do|does|i|we|it|the|then|but|and|so|please|wie|was|wo|ich|und|aber)\s+\p{L}+\s+\p{L})/giu
/** What may look like an identifier. */
const NO_NAMES = [ERROR_KIND, MAIL_ADDRESS, WEB_ADDRESS, NO_SPACE]
const ABBREVIATION = /^(?:e\.g|i\.e|z\.b|d\.h)$/i
/** A longer message is a paste: its end says little about what is asked. */
const MAX_LENGTH = 2000
/** Content words of an error message: fewer are the name of an error, or about errors. */
const LEAST_ERROR_WORDS = 4
/** The longest message of a chat: the errors of a log may be at its end. */
const MAX_PASTE = 8000

/** Reads a message as a question. Linear in at most 8,000 characters. */
export function readQuestion(message: string): Question {
  const written = textOf(message)
  const read = standardSpelling(written)
  const { bare, left, words } = findWords(read)
  const identifiers = findIdentifiers(NO_NAMES.reduce((text, pattern) => text.replace(pattern, ' '), read))
  const language = detectLanguage(written)
  const asksForDefinition = ASKS_FOR_DEFINITION.test(read)
  const asksForNumber = ASKS_FOR_NUMBER.test(read)
  const asksWhether = ASKS_WHETHER.test(read)
  const asksForList = ASKS_FOR_LIST.test(read)
  return {
    text: message,
    spelled: read,
    query: left.length > 0 ? bare.replace(/\s+/g, ' ').trim() : read,
    words,
    synonyms: findSynonyms(read, words, language),
    dependence: rateDependence(read, bare, left.length),
    identifiers,
    subject: COMPARES.test(read) ? undefined : findSubject(identifiers, words),
    language,
    sides: findSides(read),
    asksHow: ASKS_HOW.test(read),
    asksForNumber,
    asksWhether,
    asksForDefinition,
    defined: asksForDefinition ? findSubjects(read, words) : [],
    asksForDefault: ASKS_FOR_DEFAULT.test(read),
    asksForList,
    asksForFact: asksForList || asksForNumber || asksWhether || asksForDefinition || ASKS_FOR_FACT.test(read),
    quotesError: words.length >= LEAST_ERROR_WORDS && hasError(read),
    asksForNews: ASKS_FOR_NEWS.test(read),
  }
}

/** The content words of a message, as of `readQuestion`. */
export function wordsOf(message: string): Question['words'] {
  return findWords(standardSpelling(textOf(message))).words
}

/** Whether a message may refer to earlier turns: its `dependence` is above 0. */
export function mayDepend(message: string): boolean {
  const read = standardSpelling(textOf(message))
  const { bare, left } = findWords(read)
  return rateDependence(read, bare, left.length) > 0
}

/** What is read of a message. */
function textOf(message: string): string {
  return withoutTraces(message.slice(0, MAX_PASTE)).slice(0, MAX_LENGTH)
}

function findWords(message: string) {
  const bare = blankQuestionWords(message.replace(MAIL_ADDRESS, ' '))
  const left = contentWords(bare.replace(WEB_ADDRESS, ' ').replace(ERROR_KIND, ' '))
  return { bare, left, words: left.length > 0 ? left : contentWords(message) }
}

function rateDependence(message: string, bare: string, contentWords: number): number {
  if (readContextDependence(message) !== 'self-contained') return 1
  if (REFERENCE.test(bare)) return MAY_DEPEND
  return contentWords <= FEW_WORDS && !(contentWords > 0 && WHOLE_QUESTION.test(message)) ? MAY_DEPEND : 0
}

function findIdentifiers(text: string): readonly string[] {
  const names = (text.match(IDENTIFIER) ?? []).filter(isIdentifier)
  return [...new Set(names.map(name => name.toLowerCase()))]
}

function findSubject([name, ...others]: readonly string[], words: readonly ContentWord[]): string | undefined {
  if (name === undefined || others.length > 0) return undefined
  const parts = new Set(contentWords(name).map(({ term }) => term))
  return words.filter(({ term }) => !parts.has(term)).length <= 1 ? name : undefined
}

/** All that is asked about, and what is before a preposition: "a plugin" of "a plugin in Vite". */
function findSubjects(message: string, words: readonly ContentWord[]): Question['defined'] {
  const [before = ''] = message.split(AFTER_SUBJECT, 1)
  const own = contentWords(blankQuestionWords(before))
  return [words, own].filter(({ length }) => length > 0 && length <= MAX_SUBJECT).map(list => list.map(({ term }) => term))
}

/** Whether a word is written like a name in a program. */
export function isIdentifier(word: string): boolean {
  return IS_IDENTIFIER.test(word) && !ABBREVIATION.test(word)
}

/** The distinct words of a text that are not stop words. */
export function contentWords(text: string): readonly ContentWord[] {
  const words = new Map<string, ContentWord>()
  for (const { word, term, stopWord } of analyse(text)) if (!stopWord && !words.has(term)) words.set(term, { word, term })
  return [...words.values()]
}
