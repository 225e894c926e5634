import { readFileSync, statSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { camelCase } from '../base/camel-case.ts'
import { ChatError, messageOf } from '../errors.ts'
import { type LanguageEntries, type LanguageTexts, type SmallTalkKind, TEXTS_FILE, type Texts } from './texts.ts'
import { checkTexts, describeProblem } from './texts-check.ts'

/** A file of texts after validation. */
interface TextsFile {
  readonly defaultLanguage?: string
  readonly languages: Readonly<Record<string, LanguageEntries>>
}

const FIRST_LANGUAGE = 'en'
/** The languages of the package, in the order in which a message is compared with their phrases. */
const SHIPPED = [FIRST_LANGUAGE, 'de']
const MAX_FILE_BYTES = 262_144
const NO_TEXTS = { smallTalk: {}, fillers: [] } as unknown as LanguageTexts

const validate = new Ajv({ allErrors: true }).compile<Record<string, unknown>>(TEXTS_FILE)

/**
 * Loads the texts of the package and, over them, those of a file. The file may replace any text,
 * add phrases and kinds of small talk, and add languages, which take texts that they lack from the
 * default language.
 * @throws {ChatError} CONFIGURATION_INVALID with a line for each problem: file, key and what is
 * accepted.
 */
export function loadTexts(file?: string): Texts {
  const folder = join(dirname(findPackageJSON('.', import.meta.url)!), 'texts')
  const shipped = SHIPPED.map(code => readTexts(join(folder, `${code}.yaml`)))
  const own = file === undefined ? { languages: {} } : readTexts(file)
  const defaultLanguage = own.defaultLanguage ?? FIRST_LANGUAGE
  const languages = new Map<string, LanguageTexts>()
  const inherited = () => withoutPhrases(languages.get(defaultLanguage) ?? languages.get(FIRST_LANGUAGE) ?? NO_TEXTS)
  for (const { languages: added } of [...shipped, own]) {
    const rank = (code: string) => [FIRST_LANGUAGE, defaultLanguage].toReversed().indexOf(code)
    for (const code of Object.keys(added).sort((a, b) => rank(b) - rank(a)))
      languages.set(code, addEntries(languages.get(code) ?? inherited(), added[code]!))
  }
  refuse(file ?? folder, [...findMissing(languages), ...(languages.has(defaultLanguage) ? [] : [unknownDefault(languages)])])
  const { contact } = languages.get(defaultLanguage)!
  const complete = [...languages].map(([code, texts]) => [code, { ...texts, contact: texts.contact || contact }] as const)
  return { defaultLanguage, languages: Object.fromEntries(complete) }
}

function readTexts(path: string): TextsFile {
  const values = parseFile(path)
  if (!validate(values)) refuse(path, (validate.errors ?? []).map(describeProblem))
  const { default_language: defaultLanguage, ...languages } = values as { default_language?: string }
  const entries = languages as TextsFile['languages']
  refuse(
    path,
    Object.entries(entries).flatMap(([code, language]) => checkTexts(code, language)),
  )
  return { languages: entries, ...(defaultLanguage !== undefined && { defaultLanguage }) }
}

function parseFile(path: string): unknown {
  try {
    const { size } = statSync(path)
    if (size <= MAX_FILE_BYTES) return parse(readFileSync(path, 'utf8')) ?? {}
  } catch (error) {
    refuse(path, [`cannot be read: ${messageOf(error)}`])
  }
  return refuse(path, [`is too large. Use at most ${MAX_FILE_BYTES} bytes.`])
}

function refuse(path: string, problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new ChatError('CONFIGURATION_INVALID', { message: problems.map(problem => `${path}: ${problem}`).join('\n') })
}

/** A language takes texts of another one, but not its phrases. */
function withoutPhrases(texts: LanguageTexts): LanguageTexts {
  const smallTalk = Object.entries(texts.smallTalk).map(([kind, { reply }]) => [kind, { reply, phrases: [] }])
  return { ...texts, smallTalk: Object.fromEntries(smallTalk), fillers: [] }
}

/** Kinds that the file adds come first, so that they take precedence. */
function addEntries(base: LanguageTexts, { small_talk = {}, fillers = [], ...entries }: LanguageEntries): LanguageTexts {
  const texts = Object.fromEntries(Object.entries(entries).map(([key, text]) => [camelCase(key), text]))
  const before = new Map(Object.entries(base.smallTalk))
  const changed = Object.entries(small_talk).map(([kind, { reply, phrases = [] }]) => {
    const { reply: earlier, phrases: others = [] } = before.get(kind) ?? {}
    return [kind, { reply: reply ?? earlier, phrases: [...others, ...phrases] } as SmallTalkKind] as const
  })
  const added = changed.filter(([kind]) => !before.has(kind))
  const smallTalk = Object.fromEntries([...added, ...before, ...changed])
  return { ...base, ...texts, smallTalk, fillers: [...base.fillers, ...fillers] }
}

function findMissing(languages: ReadonlyMap<string, LanguageTexts>): readonly string[] {
  return [...languages].flatMap(([code, { smallTalk }]) =>
    Object.entries(smallTalk)
      .filter(([, { reply }]) => (reply as string | undefined) === undefined)
      .map(([kind]) => `${code}.small_talk.${kind}.reply: is missing. Add a text.`),
  )
}

function unknownDefault(languages: ReadonlyMap<string, LanguageTexts>): string {
  return `default_language: has no texts. Use one of ${[...languages.keys()].join(', ')}, or add texts.`
}
