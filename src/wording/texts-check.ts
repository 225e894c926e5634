import type { ErrorObject } from 'ajv'
import { isPhrase } from './phrase.ts'
import { type LanguageEntries, PLACEHOLDERS, REPLY_PLACEHOLDERS } from './texts.ts'

const PLACEHOLDER = /\{(\w*)\}/g
/** What a key may be, by its depth in the file. */
const KNOWN_KEYS = [
  'default_language, or the code of a language, such as en',
  [...Object.keys(PLACEHOLDERS), 'small_talk', 'fillers'].join(', '),
  'lower-case letters, digits and underscores',
  'reply, phrases',
]

/** Describes a problem that schema validation found: the key and what is accepted. */
export function describeProblem({ instancePath, keyword, message, params }: ErrorObject): string {
  const keys = instancePath.split('/').slice(1)
  if (keyword !== 'additionalProperties') return `${keys.join('.') || 'the file'}: ${message}.`
  const unknown = [...keys, params.additionalProperty].join('.')
  return `${unknown}: is not a known key. Use: ${KNOWN_KEYS[keys.length]}.`
}

/** Lists problems with the placeholders and phrases of a language. */
export function checkTexts(code: string, { small_talk = {}, fillers = [], ...texts }: LanguageEntries): readonly string[] {
  const problems = Object.entries(PLACEHOLDERS).flatMap(([key, placeholders]) => {
    const text = texts[key as keyof typeof PLACEHOLDERS]
    return text === undefined ? [] : checkPlaceholders(`${code}.${key}`, text, placeholders)
  })
  for (const [kind, { reply = '', phrases = [] }] of Object.entries(small_talk)) {
    const path = `${code}.small_talk.${kind}`
    problems.push(...checkPlaceholders(`${path}.reply`, reply, REPLY_PLACEHOLDERS), ...checkPhrases(`${path}.phrases`, phrases))
  }
  return [...problems, ...checkPhrases(`${code}.fillers`, fillers)]
}

function checkPlaceholders(
  path: string,
  text: string,
  { names, areRequired }: { readonly names: readonly string[]; readonly areRequired?: true },
): readonly string[] {
  const used = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
  const known = names.length === 0 ? 'no placeholders' : names.map(name => `{${name}}`).join(', ')
  const unknown = used.filter(name => !names.includes(name)).map(name => `${path}: {${name}} is not a placeholder. Use ${known}.`)
  const missing = areRequired === true ? names.filter(name => !used.includes(name)) : []
  return [...unknown, ...missing.map(name => `${path}: {${name}} is missing. Add it.`)]
}

function checkPhrases(path: string, phrases: readonly string[]): readonly string[] {
  return phrases
    .filter(phrase => !isPhrase(phrase))
    .map(phrase => `${path}: "${phrase}" is not a phrase. Use words, (one/of/these) and [optional words].`)
}
