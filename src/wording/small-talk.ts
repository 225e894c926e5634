import { fillText, type ReplyText } from '../reply-text.ts'
import { findEnds, firstWords, type Phrase, parsePhrase, splitWords } from './phrase.ts'
import type { LanguageTexts, Texts } from './texts.ts'

/** The reply to small talk. It needs no documents. */
export interface SmallTalkReply {
  readonly response: ReplyText
  readonly kind: 'fallback'
  readonly confidence: 0
  readonly sources: readonly []
  readonly suggestions: readonly []
}

/** Returns the reply to a message that is small talk, undefined for any other message. */
export type ReplyToSmallTalk = (message: string) => SmallTalkReply | undefined

/** A phrase and the rank of its kind. */
interface RankedPhrase {
  readonly phrase: Phrase
  readonly rank: number
}

/** The rank of fillers, which have no reply. */
const FILLER = Number.POSITIVE_INFINITY
/** Longer than any small talk. In UTF-16 code units, and in words. */
const MAX_LENGTH = 160
const MAX_WORDS = 24
/** Emoticons, whose signs would otherwise be those of code. */
const EMOTICON = /(?<=^|\s)(?:[:;=][-']?[()DPp3]|<3)(?=$|\s)/g
/** Signs and notations of code, commands and addresses: `help()`, `--help`, `hi.txt`. */
const CODE = /[()[\]{}<>=_/\\#@$*+|~^&%`]|(?:^|\s)-{1,2}\p{L}|\p{L}[.:]\p{L}/u

/**
 * Creates a function that returns the reply to a message that consists of phrases of small talk,
 * with fillers between them, and of nothing else; undefined for any other message. Case,
 * punctuation and emoji are ignored. If phrases of several languages match, the default language is
 * preferred.
 */
export function createSmallTalk({ defaultLanguage, languages }: Texts): ReplyToSmallTalk {
  const preferred = Object.entries(languages).sort(([a], [b]) => Number(b === defaultLanguage) - Number(a === defaultLanguage))
  const replies = preferred.map(([, texts]) => createReply(texts))
  return message => {
    const words = readWords(message)
    for (const reply of replies) {
      const found = reply(words)
      if (found !== undefined) return { response: found, kind: 'fallback', confidence: 0, sources: [], suggestions: [] }
    }
    return undefined
  }
}

/** The words of a message that may be small talk. */
function readWords(message: string): readonly string[] {
  if (message.length > MAX_LENGTH) return []
  const bare = message.replace(EMOTICON, ' ')
  const words = CODE.test(bare) ? [] : splitWords(bare)
  return words.length > MAX_WORDS ? [] : words
}

/** Creates the replies of a language. The first of the kinds that a message has gives the reply. */
function createReply({ smallTalk, fillers, contact }: LanguageTexts): (words: readonly string[]) => ReplyText | undefined {
  const kinds = Object.values(smallTalk)
  const replies = kinds.map(({ reply }) => fillText(reply, { contact: fillText(contact) }))
  const rank = createRanking([
    ...kinds.flatMap(({ phrases }, rank) => phrases.map(text => ({ phrase: parsePhrase(text), rank }))),
    ...fillers.map(text => ({ phrase: parsePhrase(text), rank: FILLER })),
  ])
  return words => replies[rank(words)]
}

/** Creates a function that returns the lowest rank of the phrases that all words consist of. */
function createRanking(phrases: readonly RankedPhrase[]): (words: readonly string[]) => number {
  const byFirstWord = new Map<string, RankedPhrase[]>()
  for (const ranked of phrases)
    for (const word of new Set(firstWords(ranked.phrase))) byFirstWord.set(word, [...(byFirstWord.get(word) ?? []), ranked])
  const vocabulary = new Set(phrases.flatMap(({ phrase }) => phrase.flat(2)))
  return words => {
    // Nearly every question has another word.
    if (!words.every(word => vocabulary.has(word))) return FILLER
    /** The rank of the words up to each index. Undefined where no phrase ends. */
    const ranks: (number | undefined)[] = [FILLER]
    for (const [start, word] of words.entries()) {
      const before = ranks[start]
      if (before === undefined) continue
      for (const { phrase, rank } of byFirstWord.get(word) ?? [])
        for (const end of findEnds(phrase, words, start)) ranks[end] = Math.min(ranks[end] ?? FILLER, before, rank)
    }
    return ranks[words.length] ?? FILLER
  }
}
