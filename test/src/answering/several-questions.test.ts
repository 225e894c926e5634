import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { splitQuestions } from '../../../src/answering/question/question-splitting.ts'
import type { StoredPassage } from '../../../src/knowledge/document.ts'
import { readDocument } from '../../../src/knowledge/ingest/document-reader.ts'
import { type AnswerOptions, answerFrom } from '../../worlds/answer-world.ts'

const SITE = join(import.meta.dirname, '../../fixtures/backup-tool')
const pages = await readPages()

async function readPages(): Promise<readonly StoredPassage[]> {
  const documents = readdirSync(SITE).map(file => {
    const text = readFileSync(join(SITE, file), 'utf8')
    return readDocument({ id: file, text, format: 'markdown', owner: 'operator' })
  })
  return (await Promise.all(documents)).flatMap(({ id, title, passages }) =>
    passages.map((passage, ordinal) => ({ ...passage, ordinal, documentId: id, title })),
  )
}

async function ask(message: string, options: AnswerOptions = {}) {
  return answerFrom(message, pages, { threshold: 0.4, ...options })
}

/** Messages, and a phrase of the answer to each of their questions. */
const MESSAGES: readonly (readonly [string, ...string[]])[] = [
  ['how do i install it and where are the logs? also can i use docker', 'brew install', 'stowaway/logs', 'docker run'],
  ['What is a snapshot and how do I delete old ones?', 'state of all files', '--keep 30'],
  ['How do I exclude files? And can I limit the bandwidth?', 'exclude = [', 'limits uploads'],
  ['how can i schedule backups, and how do i restore a folder', 'stow schedule', 'stow restore'],
  ['Where is the settings file and which exit codes are there?', 'stowaway.toml', 'exit code is 0'],
  [
    '1. How do I create a repository?\n2. How do I move it?\n3. Does it work with SFTP?',
    'stow init',
    'Copy the folder',
    'sftp://',
  ],
  ['can i change the password and is there a way to recover it', 'stow password', 'nobody can read'],
  ['I set up a new laptop. Is there a docker image? How do I get mails after a failed backup?', 'docker run', 'mail_to'],
  ['are packs encrypted and is compression supported', 'AES-256', 'Zstandard'],
  ['tell me how to repair a repository. what does --verbose do?', 'stow repair', 'log each file'],
]

t.test('each question of a message is answered from its own section', async t => {
  for (const [message, ...phrases] of MESSAGES) {
    const { kind, response } = await ask(message)
    t.equal(kind, 'answer', message)
    for (const phrase of phrases) t.ok(response.text.includes(phrase), `${message}: ${phrase}\n${response.text}`)
    t.ok(response.plain.length <= 1200, `${message}: ${response.plain.length} characters`)
  }
})

t.test('a question that is not answered is named', async t => {
  const { kind, response, confidence } = await ask('how do i install it and what does <b>Bavaria</b> cost?')
  t.equal(kind, 'answer')
  t.match(response.text, 'brew install')
  t.match(response.text, 'I found no answer to “what does `<b>Bavaria</b>` cost?”.')
  t.match(response.plain, 'I found no answer to “what does <b>Bavaria</b> cost?”.')
  t.equal(confidence, (await ask('how do i install it')).confidence)
  t.notMatch(
    response.toLog(text => text),
    'Bavaria',
  )
})

t.test('each question may take its topic from the turn before', async t => {
  const turns = [{ question: 'how do I create a repository?', title: '', quoted: '' }]
  const { plan, further } = (await ask('how do i move it and where are its logs?', { turns })).rated
  for (const { context } of [plan, ...(further ?? []).map(one => one.plan)])
    t.match(context.map(({ text }) => text).join(' '), 'repository')
})

t.test('an answered question without room for its answer is named, and the others are answered', async t => {
  const message = 'How do I exclude files? Where is the settings file? Is the data encrypted?'
  const { kind, response } = await ask(message, { answerLength: 200 })
  t.equal(kind, 'answer')
  t.match(response.text, /I found no answer to/)
})

t.test('the confidence is that of the least certain question that is answered', async t => {
  const alone = await Promise.all(['How do I exclude files?', 'Where is the settings file?'].map(one => ask(one)))
  const both = await ask('How do I exclude files? Where is the settings file?')
  t.equal(both.confidence, Math.min(...alone.map(({ confidence }) => confidence)))
})

t.test('sources have the sections of all questions, each once, and workings the candidates of each', async t => {
  const { sources, workings } = await ask('how do I install it, how do I uninstall it, and how do I exclude files?')
  const locations = sources.map(({ location }) => location)
  for (const anchor of ['#install-with-a-package-manager', '#uninstall', '#exclude-files'])
    t.ok(
      locations.some(location => location.endsWith(anchor)),
      `${anchor} is in ${locations}`,
    )
  t.equal(new Set(locations).size, locations.length)
  const byQuestion = Map.groupBy(workings.candidates, ({ question }) => question)
  t.same(
    [...byQuestion.keys()],
    ['how do I install it', 'how do I uninstall it', 'how do I exclude files?'],
    'the candidates of each question are together',
  )
  for (const candidates of byQuestion.values()) {
    const shares = candidates.map(({ share = 0 }) => share)
    t.same(
      shares,
      shares.toSorted((a, b) => b - a),
      'most probable first',
    )
    t.ok(shares.reduce((sum, share) => sum + share, 0) <= 1.01, 'with the shares of their own question')
  }
  t.ok(workings.candidates.filter(({ quoted }) => quoted).length >= 3)
})

t.test('two questions that one section answers quote it once', async t => {
  const { response } = await ask('how do I uninstall it? What stays after the uninstall?')
  t.equal(response.text.split('Remove the package.').length, 2, response.text)
})

t.test('if no part of a message is answered, the whole message is the question', async t => {
  const { kind, response } = await ask('What is Bavaria? And who pays the Bavarian bill?')
  t.equal(kind, 'fallback')
  t.match(response.text, "I don't know")
})

t.test('a message is split where a further question begins', t => {
  const SPLITS: readonly (readonly string[])[] = [
    ['how do i install it', 'where are the logs?', 'can i use docker'],
    ['how do i install it', 'whats the default port'],
    ['How much do they match', 'when can I enroll?'],
    ['My dog died. do I get leave?', 'is it paid?'],
    ['How do I install it?', 'Where is the file?'],
    ['wie installiere ich es', 'wo sind die logs?', 'kann ich docker benutzen'],
  ]
  const MESSAGES = [
    'how do i install it and where are the logs? also can i use docker',
    'how do i install it and whats the default port',
    'How much do they match and when can I enroll?',
    'My dog died. do I get leave? and is it paid?',
    '1. How do I install it?\n2. Where is the file?',
    'wie installiere ich es und wo sind die logs? kann ich docker benutzen',
  ]
  for (const [i, message] of MESSAGES.entries()) t.same(splitQuestions(message), SPLITS[i], message)
  t.end()
})

t.test('a message of one question is not split', t => {
  for (const message of [
    'When I run the tests, how do I skip the slow ones?',
    'I live in Oregon and I am pregnant, how many weeks can I take?',
    'what is a snapshot and how it works',
    'I want to install Hugo. How do I do that?',
    'what does `a ? b : c` do',
    'Which one is faster and is recommended?',
    'what should i do if the server is down and is not reachable',
    'How do I cancel? Thanks!',
    'does it support redis and rabbitmq',
    '',
    `Why? ${'at line 1? '.repeat(100)}`,
  ])
    t.same(splitQuestions(message), [message], message.slice(0, 60))
  t.end()
})

t.test('at most three questions are answered one by one', t => {
  t.same(splitQuestions('Is tea hot? Is milk cold? Is juice red? Is beer dark?'), [
    'Is tea hot?',
    'Is milk cold?',
    'Is juice red? Is beer dark?',
  ])
  t.end()
})

// Work that is not linear would exceed the time limit of the test file.
t.test('hostile messages are split in linear time', t => {
  for (const piece of ['?', '? ', 'and ', 'and is ', ', ', 'what a-', 'is ', '\n', ' '])
    for (const count of [100, 600, 100_000]) t.ok(splitQuestions(piece.repeat(count)).length <= 3)
  t.end()
})
