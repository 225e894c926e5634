import t from 'tap'
import { createSmallTalk } from '../../../src/wording/small-talk.ts'
import type { LanguageTexts } from '../../../src/wording/texts.ts'
import { loadTexts } from '../../../src/wording/texts-loader.ts'

const TEXTS = loadTexts()
const replyTo = createSmallTalk(TEXTS)
const reply = (message: string) => replyTo(message)?.response
/** Language and kind of the reply to a message, such as `en thanks`. */
function kindOf(message: string): string | undefined {
  const text = reply(message)?.text
  const texts = Object.entries(TEXTS.languages).flatMap(([code, { smallTalk }]) =>
    Object.entries(smallTalk).map(([kind, { reply }]) => [`${code} ${kind}`, reply.replace(' {contact}', '')] as const),
  )
  return texts.find(([, one]) => one === text)?.[0]
}

t.test('small talk is recognized by its whole message, whatever the case, punctuation, addressee or emoji', async t => {
  const MESSAGES: Readonly<Record<string, readonly string[]>> = {
    'en greeting': [
      'hello',
      'Hi!',
      '  HEY  there 👋',
      'Good morning.',
      'hello, everyone!',
      'good\tevening',
      'hiiii',
      'how are you?',
    ],
    'en thanks': [
      'Thank you very much!',
      'thanks again',
      'thx :)',
      'great, thank u!',
      "you're great, thanks",
      'thanks, you are great!',
      'ok thanks',
    ],
    'en praise': ['great!', 'You are so helpful', 'that helped a lot'],
    'en goodbye': ['bye-bye', 'thanks, bye', "that's all, thanks", 'Have a nice day!'],
    'en help': ['help', 'HELP!!!', 'can you help me, please?', 'what can you do'],
    'en about': ['Hello, who are you?', 'are you a bot', 'are you a real person?', 'who made you?', 'what’s your name'],
    'en human': [
      'i want to speak to a human',
      'can I talk to a real person, please',
      "hi, I'd like to chat with someone, thanks",
      'please connect me to an agent',
      'is there someone i can talk to?',
      'human please',
      'get me an agent',
    ],
    'en complaint': ['that did not help', "that's wrong", 'it still does not work', "that didn't work for me"],
    'en acknowledgement': ['ok', 'got it'],
    'de greeting': ['Hallo!', 'Guten Tag', 'Moin moin'],
    'de thanks': ['Danke schön 😊', 'vielen Dank für die schnelle Hilfe!'],
    'de goodbye': ['Tschüss', 'Danke, auf Wiedersehen'],
    'de help': ['Hilfe', 'Können Sie mir helfen?', 'Was kannst du?'],
    'de about': ['Guten Morgen, wer bist du?', 'Bist du ein Roboter?'],
    'de human': ['Ich möchte mit einem Menschen sprechen', 'kann ich bitte mit einem echten Mitarbeiter reden?'],
    'de complaint': ['Das hilft mir nicht'],
  }
  for (const [kind, messages] of Object.entries(MESSAGES)) for (const message of messages) t.equal(kindOf(message), kind, message)
})

t.test('a question with small talk in it is a question', async t => {
  for (const message of [
    'hello world example',
    'hi, how do I add a plugin?',
    'thanks, and what is tar?',
    'help me reset a password',
    'I need help with the installer',
    'how do I talk to the API?',
    'can I talk to the database from a worker?',
    'who are the maintainers?',
    'are you able to export PDF?',
    'what can you do with templates',
    'what is a greeting',
    'help()',
    '--help',
    'help.txt',
    '/help',
    'hallo, wie setze ich mein Passwort zurück?',
    'there',
    'please',
    '',
    '👋',
  ])
    t.equal(reply(message), undefined, message)
})

t.test('hostile messages are no small talk and are rejected fast', async t => {
  for (const message of ['\0', '\ud800', '__proto__', 'constructor', 'hello '.repeat(200_000), ' there'.repeat(200_000)])
    t.equal(reply(message), undefined, JSON.stringify(message.slice(0, 20)))
  const started = performance.now()
  for (let i = 0; i < 1000; i++) reply('please '.repeat(22))
  t.ok(performance.now() - started < 5000, 'a message of fillers takes less than 5 ms')
})

const LANGUAGE = { ...TEXTS.languages.en!, fillers: [] }
const say = (smallTalk: LanguageTexts['smallTalk'], message: string, contact = '') =>
  createSmallTalk({ defaultLanguage: 'en', languages: { en: { ...LANGUAGE, contact, smallTalk } } })(message)?.response

t.test('a phrase has alternatives and optional words', async t => {
  const hours = { hours: { reply: '9 to 5.', phrases: ['(what are/tell me) your [opening/office hours] hours/times?'] } }
  for (const message of ['what are your hours', 'Tell me your opening times', 'what are your office hours hours?'])
    t.equal(say(hours, message)?.text, '9 to 5.', message)
  for (const message of ['your hours', 'what are your opening', 'what are your opening office hours hours'])
    t.equal(say(hours, message), undefined, message)
})

t.test('the first kind that a message has phrases of gives the reply', async t => {
  const kinds = { a: { reply: 'A', phrases: ['one'] }, b: { reply: 'B', phrases: ['two', 'one two'] } }
  t.equal(say(kinds, 'two, one')?.text, 'A')
  t.equal(say(kinds, 'two two')?.text, 'B')
})

t.test('the contact is part of a reply that has its placeholder, and logs hold it redacted', async t => {
  const kinds = { human: { reply: 'I am a bot. {contact}', phrases: ['human'] } }
  t.equal(say(kinds, 'human')?.text, 'I am a bot.')
  const found = say(kinds, 'human', 'Write to help@example.org.')
  t.equal(found?.text, 'I am a bot. Write to help@example.org.')
  t.equal(
    found?.toLog(text => text.replace(/\S+@\S+/, '[email]')),
    'I am a bot. Write to [email]',
  )
})

t.test('a greeting of several languages gets the reply of the default language', async t => {
  t.equal(
    createSmallTalk({ ...TEXTS, defaultLanguage: 'de' })('hi')?.response.text,
    TEXTS.languages.de?.smallTalk.greeting?.reply,
  )
})
