import t from 'tap'
import { readQuestion } from '../../../../src/answering/question/question.ts'

t.test('the same task in several phrasings is searched alike', async t => {
  const queries = [
    'reset the password',
    'How do I reset the password?',
    'how can i reset the password',
    'Hello, could you please tell me how to reset the password?',
    'i want to reset the password, what do i have to do?',
    'is there a way to reset the password',
  ].map(message => readQuestion(message).words.map(({ term }) => term))
  for (const words of queries) t.same(words, ['reset', 'password'])
  t.same(
    readQuestion('Wie kann ich das Passwort zurücksetzen?').words.map(({ word }) => word),
    ['passwort', 'zurucksetzen'],
  )
})

t.test('addresses in a question are not what it is about', async t => {
  const words = (message: string) => readQuestion(message).words.map(({ word }) => word)
  t.same(words('I am eve@example.org, how do I reset my password?'), ['reset', 'password'])
  const { query } = readQuestion('which base path for https://me.github.io/project/')
  t.match(query, 'github', 'the words of a web address are searched for')
  t.same(words('which base path for https://me.github.io/project/'), ['base', 'path'])
})

t.test('"define" and "describe" are no content words', async t => {
  t.same(readQuestion('define instance').query, 'instance')
  t.same(readQuestion('please describe a tower').query, 'a tower')
  t.same(readQuestion('explain analyze').query, 'explain analyze')
})

t.test('names in upper case and parts of identifiers are no question words', async t => {
  t.match(readQuestion('what does IT do with get_or_create and use-case?').query, /IT .*get_or_create/)
  t.same(readQuestion('use --no-header or keepAliveTimeout in django.conf, e.g. now').identifiers, [
    '--no-header',
    'keepalivetimeout',
    'django.conf',
  ])
})

t.test('May is a month after a preposition, before a number and in upper case', async t => {
  const hasMonth = (message: string) => /\bmay\b/i.test(readQuestion(message).query)
  for (const message of ['When is the office closed in May?', 'holidays in may', 'what happens on may 1', 'the May holidays'])
    t.ok(hasMonth(message))
  for (const message of ['May I bring a dog?', 'who may park here']) t.notOk(hasMonth(message))
})

t.test('addresses and sentences without a space between them are no identifiers', async t => {
  for (const message of [
    'why does jo.smith@shop.example.com get no mail?',
    'is https://shop.example.com/a_b?c_d=1 down',
    'my order is late.How do i cancel it',
    'question:what is the price',
  ])
    t.same(readQuestion(message).identifiers, [], message)
  t.same(readQuestion('what does Promise.then do?').identifiers, ['promise.then'])
  t.same(readQuestion('what does path.join and fs.promises.readFile do').identifiers, ['path.join', 'fs.promises.readfile'])
})
