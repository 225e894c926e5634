import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadTexts } from '../../../src/wording/texts-loader.ts'

const SHIPPED = loadTexts()

function loadFrom(t: Test, yaml: string) {
  const path = join(t.testdir(), 'texts.yaml')
  writeFileSync(path, yaml)
  return loadTexts(path)
}

/** The problems that loading reports, without the path of the file. */
function problemsOf(t: Test, yaml: string): readonly string[] {
  try {
    loadFrom(t, yaml)
    return []
  } catch (error) {
    t.match(error, { code: 'CONFIGURATION_INVALID' })
    return String((error as Error).message)
      .split('\n')
      .map(line => line.replace(/^.*texts\.yaml: /, ''))
  }
}

t.test('English and German have the same texts, kinds and placeholders', async t => {
  const { en, de } = SHIPPED.languages
  t.equal(SHIPPED.defaultLanguage, 'en')
  t.same(Object.keys(en!).sort(), Object.keys(de!).sort())
  t.same(Object.keys(en!.smallTalk), Object.keys(de!.smallTalk))
  const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()
  for (const [key, text] of Object.entries(en!))
    if (typeof text === 'string') t.same(placeholders(text), placeholders(String(de![key as 'refusal'])), key)
  for (const [kind, { reply, phrases }] of Object.entries(en!.smallTalk)) {
    t.same(placeholders(reply), placeholders(de!.smallTalk[kind]!.reply), kind)
    t.ok(phrases.length > 0 && de!.smallTalk[kind]!.phrases.length > 0, kind)
  }
  t.equal(en!.smallTalk.greeting?.reply, "Hello! I'm your documentation assistant. How can I help you today?")
})

t.test('a file replaces texts and adds phrases, kinds and fillers; all others are kept', async t => {
  const { languages } = loadFrom(
    t,
    `en:
  contact: Call 555-0100.
  refusal: No idea.
  small_talk:
    greeting: {reply: Ahoy!, phrases: [ahoy]}
    hours: {reply: 9 to 5., phrases: [opening hours]}
  fillers: [captain]`,
  )
  const { en, de } = languages
  t.match(en, { refusal: 'No idea.', readMore: SHIPPED.languages.en!.readMore, contact: 'Call 555-0100.' })
  t.equal(de!.contact, 'Call 555-0100.', 'a language without a contact has that of the default language')
  t.equal(en!.smallTalk.greeting!.reply, 'Ahoy!')
  t.same(en!.smallTalk.greeting!.phrases, [...SHIPPED.languages.en!.smallTalk.greeting!.phrases, 'ahoy'])
  t.equal(Object.keys(en!.smallTalk)[0], 'hours', 'own kinds take precedence')
  t.ok(en!.fillers.includes('captain'))
  t.same(de!.smallTalk, SHIPPED.languages.de!.smallTalk)
})

t.test('an added language takes the texts that it lacks from the default language, without phrases', async t => {
  const { defaultLanguage, languages } = loadFrom(
    t,
    'fr: {refusal: Je ne sais pas.}\nit: {small_talk: {greeting: {reply: Ciao!, phrases: [ciao]}}}\ndefault_language: fr',
  )
  t.equal(defaultLanguage, 'fr')
  t.match(languages.it, { refusal: 'Je ne sais pas.', readMore: SHIPPED.languages.en!.readMore })
  t.same(languages.it!.smallTalk.greeting, { reply: 'Ciao!', phrases: ['ciao'] })
  t.same(languages.it!.smallTalk.thanks!.phrases, [])
  t.same(languages.it!.fillers, [])
})

t.test('an empty file changes nothing', async t => {
  t.same(loadFrom(t, '# nothing yet\n'), SHIPPED)
})

t.test('problems name the file, the key and what is accepted', async t => {
  const CASES: readonly (readonly [string, readonly RegExp[]])[] = [
    ['english: {}', [/^english: is not a known key\. Use: default_language, or the code of a language/]],
    ['en: {refusel: x}', [/^en\.refusel: is not a known key\. Use: contact, refusal, .*small_talk, fillers\.$/]],
    ['en: {refusal: [x]}', [/^en\.refusal: must be string\.$/]],
    [`en: {refusal: ${'x'.repeat(2001)}}`, [/^en\.refusal: must NOT have more than 2000 characters\.$/]],
    ['en: {closest_pages: Pages}', [/^en\.closest_pages: \{titles\} is missing\. Add it\.$/]],
    ['de: {refusal: "{titel}"}', [/^de\.refusal: \{titel\} is not a placeholder\. Use \{did_you_mean\}, /]],
    ['en: {contact: "{contact}"}', [/^en\.contact: \{contact\} is not a placeholder\. Use no placeholders\.$/]],
    ['en: {small_talk: {hours: {phrases: [hours]}}}', [/^en\.small_talk\.hours\.reply: is missing/]],
    ['en: {small_talk: {constructor: {phrases: [hours]}}}', [/^en\.small_talk\.constructor\.reply: is missing/]],
    ['en: {small_talk: {hours: {replay: x}}}', [/^en\.small_talk\.hours\.replay: is not a known key\. Use: reply, phrases\.$/]],
    ['en: {small_talk: {greeting: {phrases: ["(a/b", "[c]", "?!"]}}}', [/"\(a\/b" is not a phrase/, /"\[c\]"/, /"\?!"/]],
    ['en: {fillers: [")"]}', [/^en\.fillers: "\)" is not a phrase\. Use words/]],
    ['default_language: nl', [/^default_language: has no texts\. Use one of en, de, or add texts\.$/]],
    ['- a', [/^the file: must be object\.$/]],
    ['en: {', [/^cannot be read: .*line 1/s]],
  ]
  for (const [yaml, expected] of CASES) t.match(problemsOf(t, yaml), expected, yaml.slice(0, 60))
})

t.test('a file that is missing or larger than 256 KiB is refused', async t => {
  t.throws(() => loadTexts('/does/not/exist.yaml'), {
    code: 'CONFIGURATION_INVALID',
    message: /^\/does\/not\/exist\.yaml: cannot be read/,
  })
  t.match(problemsOf(t, `# ${'x'.repeat(262_144)}`), [/^is too large\. Use at most 262144 bytes/])
})
