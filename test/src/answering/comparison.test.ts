import t from 'tap'
import { findSides } from '../../../src/answering/question/comparison.ts'
import { answerFrom } from '../../worlds/answer-world.ts'

const SECTIONS: Readonly<Record<string, string>> = {
  'Spider middleware order': 'The order of a spider middleware is a number. A spider middleware with a lower number runs first.',
  'Spider middleware settings': 'The setting of each spider middleware is a dict. Turn a spider middleware off with none.',
  'Spider middleware': 'It sees the responses that a spider gets.',
  'Downloader cache': 'The downloader cache keeps pages.',
  'Downloader middleware': 'It sees the requests that are sent.',
  Installation: 'Install it with pip.',
  'Batch jobs': 'A batch job ends, and stream jobs do not. Batch jobs are cheap.',
  'Stream jobs': 'It reads events until you stop it.',
}
const PAGES = Object.entries(SECTIONS).map(([heading, text], ordinal) => {
  return { documentId: 'd', ordinal, title: 'Manual', headings: [heading], location: `d#${ordinal}`, text }
})
const answer = async (question: string) => (await answerFrom(question, PAGES)).text

t.test('the reply to a comparison quotes a section of each side', async t => {
  for (const question of [
    'spider middleware vs downloader middleware',
    'What is the difference between a spider middleware and a downloader middleware?',
    'should I use spider middleware or downloader middleware?',
  ]) {
    const text = await answer(question)
    t.match(text, /\*\*Spider middleware/, question)
    t.match(text, 'It sees the requests that are sent.', question)
  }
})

t.test('a section about the other side alone is no part about a side', async t => {
  const text = await answer('batch jobs vs stream jobs')
  t.match(text, 'A batch job ends, and stream jobs do not.')
  t.match(text, 'It reads events until you stop it.')
  t.match(await answer('batch vs stream jobs'), 'It reads events until you stop it.', 'the last words are those of both sides')
})

t.test('words that only compare do not lower the confidence, nor do sides in two sections', async t => {
  const confidenceOf = async (question: string) => (await answerFrom(question, PAGES)).confidence
  const together = await confidenceOf('installation and downloader cache')
  for (const question of [
    'difference between installation and downloader cache',
    'installation vs downloader cache',
    'installation versus downloader cache',
  ])
    t.ok((await confidenceOf(question)) > together, question)
})

t.test('the sides of a comparison are the words that one of them has alone', t => {
  for (const [message, ...sides] of [
    ['difference between short term and long term insurance?', ['short'], ['long', 'insur']],
    ['PUT or PATCH for updates?', ['put'], ['patch']],
    ['what is the difference between a group and a chord', ['group'], ['chord']],
    ['Unterschied zwischen Gruppe und Akkord?', ['grupp'], ['akkord']],
    ['how is mode different from level', ['mode'], ['level']],
    ['active vs passive health checks', ['activ'], ['passiv', 'health', 'check']],
    ['GitHub Pages or Netlify on a private repository?', ['page', 'github'], ['netlifi']],
    ['compare redis with rabbitmq', ['redi'], ['rabbitmq']],
    ['where are the logs or'],
    ['how do I install it and run it?'],
    [''],
  ] as const)
    t.same(findSides(message), sides, message)
  t.end()
})

// Work that is not linear would exceed the time limit of the test file.
t.test('hostile messages are read to their end', t => {
  for (const piece of ['a or ', 'or ', 'a vs ', 'difference between ', 'compare ', ' ', 'x ']) {
    const sides = findSides(piece.repeat(1e5))
    t.ok(sides.length === 0 || sides.length === 2)
  }
  t.end()
})
