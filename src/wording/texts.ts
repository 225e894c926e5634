import type { CamelCase } from '../base/camel-case.ts'
import { type Static, Type } from '../base/json-schema.ts'

/** The placeholders that a text may contain. */
interface Placeholders {
  readonly names: readonly string[]
  /** Whether the text must contain all of them. Default: it may omit them. */
  readonly areRequired?: true
}

/** The placeholders of each text of a language. */
export const PLACEHOLDERS = {
  contact: { names: [] },
  refusal: { names: ['did_you_mean', 'closest_pages', 'contact'] },
  refusal_manual_only: { names: ['did_you_mean', 'closest_pages', 'contact'] },
  refusal_empty: { names: ['contact'] },
  did_you_mean: { names: ['words'], areRequired: true },
  closest_pages: { names: ['titles'], areRequired: true },
  searched_for: { names: ['corrections'], areRequired: true },
  corrected_word: { names: ['suggestion', 'word'], areRequired: true },
  quoted_word: { names: ['word'], areRequired: true },
  unanswered: { names: ['questions'], areRequired: true },
  forgotten: { names: ['messages'], areRequired: true },
  forget_pending: { names: ['messages'], areRequired: true },
  too_long: { names: ['limit'] },
  not_answered: { names: ['contact'] },
  read_more: { names: ['title', 'location'], areRequired: true },
} as const satisfies Readonly<Record<string, Placeholders>>

/** The placeholders of a reply to small talk. */
export const REPLY_PLACEHOLDERS: Placeholders = { names: ['contact'] }

type TextKey = keyof typeof PLACEHOLDERS

const text = Type.Optional(Type.String({ minLength: 1, maxLength: 2000 }))
const phrases = Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), { maxItems: 1000 })
const SMALL_TALK = Type.Object({ reply: text, phrases: Type.Optional(phrases) }, { additionalProperties: false })
const KIND = '^[a-z][a-z0-9_]{0,39}$'
const LANGUAGE_CODE = '^[a-z]{2,3}$'
const texts = Object.fromEntries(Object.keys(PLACEHOLDERS).map(key => [key, text])) as Record<TextKey, typeof text>

const LANGUAGE = Type.Object(
  {
    ...texts,
    contact: Type.Optional(Type.String({ maxLength: 500 })),
    small_talk: Type.Optional(
      Type.Record(Type.String({ pattern: KIND }), SMALL_TALK, { additionalProperties: false, maxProperties: 50 }),
    ),
    fillers: Type.Optional(phrases),
  },
  { additionalProperties: false },
)

/** A file of texts: `default_language`, and any of the texts of any language, by its code. */
export const TEXTS_FILE = Type.Object(
  { default_language: Type.Optional(Type.String({ pattern: LANGUAGE_CODE })) },
  { patternProperties: { [LANGUAGE_CODE]: LANGUAGE }, additionalProperties: false, maxProperties: 50 },
)

/** The texts of a language as a file has them. */
export type LanguageEntries = Static<typeof LANGUAGE>

/** A kind of small talk: phrases and the reply to them. */
export interface SmallTalkKind {
  readonly reply: string
  readonly phrases: readonly string[]
}

/** All texts of a language, as templates with placeholders in braces. Plain data. */
export type LanguageTexts = { readonly [Key in TextKey as CamelCase<Key>]: string } & {
  /** By name; the first kind takes precedence if a message has phrases of several kinds. */
  readonly smallTalk: Readonly<Record<string, SmallTalkKind>>
  /** Phrases that may stand next to those of small talk. */
  readonly fillers: readonly string[]
}

/** The texts of all languages. Plain data. */
export interface Texts {
  /** The language of the reply if that of the message has no texts or is not recognized. */
  readonly defaultLanguage: string
  readonly languages: Readonly<Record<string, LanguageTexts>>
}
