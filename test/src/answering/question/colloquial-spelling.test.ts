import t from 'tap'
import { standardSpelling } from '../../../../src/answering/question/colloquial-spelling.ts'
import { readQuestion } from '../../../../src/answering/question/question.ts'

t.test('function words may be misspelt or shortened', async t => {
  for (const [typed, content] of [
    ['hwo do i mount a backup?', ['mount', 'backup']],
    ['whats the default port', ['default', 'port']],
    ['Pls, how can u restart it', ['restart']],
    ['cant mount, any idea?', ['mount']],
    ['gimme the levels asap', ['levels']],
    ['im getting a timeout', ['timeout']],
  ] as const)
    t.same(
      readQuestion(typed).words.map(({ word }) => word),
      content,
      typed,
    )
  t.ok(readQuestion('hwo to mount a backup').asksHow)
  t.ok(readQuestion('whats a backup').asksForDefinition)
  t.ok(readQuestion('wat is a backup').asksForDefinition)
})

t.test('names and parts of words stay as they are', async t => {
  for (const text of [
    'what is --cant-fail',
    'the im_port file',
    'is u a flag',
    'Whatson',
    'src/im',
    'canton',
    'WICH',
    'Raketen im Weltall',
    'Passwort im Browser',
  ])
    t.equal(standardSpelling(text), text)
  t.equal(readQuestion('whats up').text, 'whats up', 'the message is kept')
})
