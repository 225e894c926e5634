import t from 'tap'
import { readQuestion } from '../../../src/answering/question/question.ts'
import { ask, SESSIONS, TAR, TOWER } from '../../worlds/answer-pages.ts'

t.test('the words of a long segment count less: a help screen has many by chance', async t => {
  const names = ['lock', 'unlock', 'list', 'mode', 'compression', 'prune', 'check', 'mount', 'diff', 'tag', 'stats', 'find']
  const help = names.map(name => `${name}    print it, set it, or log what was done by whom`).join('\n')
  const pages = [
    { title: 'Command', text: `\`\`\`\n${help}\n\`\`\`` },
    { title: 'Tuning', text: 'The modes of compression are off, fast and max.' },
    TAR,
    TOWER,
    SESSIONS,
  ]
  const { workings } = await ask('which compression modes are there', pages)
  const wordsOf = (page: string) => workings.candidates.find(({ title }) => title === page)?.parts?.segment ?? 0
  t.ok(wordsOf('Command') > 0)
  t.ok(wordsOf('Tuning') > 1.2 * wordsOf('Command'))
})

t.test('a migration guide answers only questions about migrations before the manual', async t => {
  const text = 'To open the cellar door, turn the key twice.'
  const pages = [
    { title: 'Cellar 3', location: 'migrate/v3.md', text: `${text} It was once.` },
    { title: 'Cellar', text },
    TAR,
    TOWER,
    SESSIONS,
  ]
  t.match((await ask('how do i open the cellar door?', pages)).response, /^\*\*Cellar\*\*/)
})

t.test('an answer has the sentence that answers, and ends with its place', async t => {
  const answer = await ask('how tall is the Eiffel tower?', [TAR, TOWER, SESSIONS])
  t.equal(answer.kind, 'answer')
  t.match(answer.response, 'It is 330 metres tall')
  t.ok(answer.response.endsWith('Read more: Eiffel Tower (d1)'), answer.response)
  t.ok(answer.confidence > 0.35 && answer.confidence <= 1)
})

t.test('a page whose title has no word is rated like others', async t => {
  const { kind, confidence, sources } = await ask('how do I expand a path?', [
    { title: '~', text: 'Expand a path to the home folder of a user.' },
    TAR,
  ])
  t.equal(kind, 'answer')
  t.ok(confidence > 0.35 && confidence <= 1, `${confidence}`)
  t.equal(sources[0]?.title, '~')
})

t.test('below a heading that repeats the question, the answer starts with the first sentence', async t => {
  const { response } = await ask('how long does a session live?', [TAR, TOWER, SESSIONS])
  t.ok(response.startsWith('**How long does a session live?**\n\nOne hour after the last message.'), response)
})

t.test('a fallback names titles that are near the question, each once, and no others', async t => {
  const near = await ask('create an archive with tar', [TAR, TAR, TOWER, SESSIONS], 1)
  t.match(near.response, /^I don't know: .* The closest pages are: tar\.$/)
  t.strictSame(near.suggestions, ['tar'])
  t.strictSame(near.sources, [])
  const far = await ask('which wine goes with an archive of cheese from Normandy?', [TAR, TAR, TOWER, SESSIONS])
  t.equal(far.kind, 'fallback')
  t.strictSame(far.suggestions, [])
  const unnamed = await ask('create an archive with tar', [{ ...TAR, title: 'Pages of the manual' }, TOWER, SESSIONS], 1)
  t.strictSame(unnamed.suggestions, [], 'a title without words of the question')
})

t.test('a fallback suggests a correction of a misspelt word', async t => {
  const { kind, response, workings } = await ask('where do rivetts come from', [TOWER, TAR, SESSIONS], 0.9)
  t.equal(kind, 'fallback')
  t.match(response, 'Did you mean “rivets”?')
  t.same(workings.corrections, [{ word: 'rivetts', suggestion: 'rivets' }])
})

t.test('a sentence with a number is preferred if the question asks for one', async t => {
  const text = 'The tower is very tall indeed. The tower measures 330 metres. It is made of iron.'
  const { response } = await ask('how tall is the tower of iron?', [{ title: 'Tower', text: `${'Nothing. '.repeat(60)}${text}` }])
  t.match(response, /330/)
})

t.test('without results there are no suggestions', async t => {
  for (const answer of [await ask('anything', []), await ask('', [TAR]), await ask('zyx', [TAR])]) {
    t.match(answer, {
      kind: 'fallback',
      confidence: 0,
      response: "I don't know: nothing in my documents answers this.",
      suggestions: [],
    })
  }
})

t.test('a word of the question that no document has lowers the confidence', async t => {
  const known = await ask('how tall is the tower?', [TOWER, TAR])
  const unknown = await ask('how tall is the tower of Babylon?', [TOWER, TAR])
  t.ok(unknown.confidence < known.confidence)
})

t.test('the threshold decides, and the workings contain it with terms and candidates', async t => {
  t.equal((await ask('tall', [TOWER], 1)).kind, 'fallback')
  const { kind, workings } = await ask('tall rivets', [TOWER, TAR], 0)
  t.equal(kind, 'answer')
  t.match(workings, { parsedAs: 'question', threshold: 0, candidates: [{ title: 'Eiffel Tower', location: 'd0' }] })
  t.match(workings.terms[0], { word: 'tall', term: 'tall', documentFrequency: 1 })
})

t.test('the workings say which candidates are quoted and what each word weighs', async t => {
  const { workings, response } = await ask('how tall is the zeppelin tower', [TOWER, SESSIONS], 0)
  t.match(response, /330/)
  t.same(
    workings.candidates.filter(({ quoted }) => quoted).map(({ title }) => title),
    [TOWER.title],
  )
  const weightOf = (word: string) => workings.terms.find(term => term.word === word)?.weight ?? Number.NaN
  t.ok(weightOf('tall') > 0)
  t.equal(weightOf('zeppelin'), 0)
})

t.test('a best sentence late in the passage is quoted', async t => {
  const filler = (about: string) => `The ${about} ${'and so on '.repeat(20)}ends.`
  const text = [
    filler('tower height'),
    filler('weather'),
    `The exact height of the tower in metres ${'is known '.repeat(10)}now.`,
  ].join(' ')
  const { response } = await ask('exact height of the tower in metres', [{ title: 'Facts', text }])
  t.match(response, 'The exact height')
})

t.test('the kind of a pasted error need not be in the documents, its message must be', async t => {
  const pages = [
    {
      title: 'Troubleshooting',
      headings: ['document is not defined'],
      text: 'Code that uses the document runs in the browser only.',
    },
    TOWER,
    TAR,
  ]
  const message = 'document is not defined'
  const plain = await ask(message, pages, 0)
  for (const kind of [
    'ReferenceError: ',
    'Uncaught ReferenceError: ',
    'java.lang.IllegalStateException: ',
    'TypeError [ERR_X]: ',
  ]) {
    const { confidence, response } = await ask(`${kind}${message}`, pages, 0)
    t.equal(confidence, plain.confidence, kind)
    t.equal(response, plain.response, kind)
  }
  t.same(readQuestion('what is a ReferenceError?').identifiers, ['referenceerror'], 'alone, it is what is asked about')
})

t.test('a fallback shows the beginning of a title that is a paragraph', async t => {
  const { kind, response } = await ask('tower', [{ title: 'Tower '.repeat(5000), text: 'The tower is tall.' }], 1)
  t.equal(kind, 'fallback')
  t.match(response, /Tower Tower …\.$/)
  t.ok(response.length < 400, `${response.length}`)
})

t.test('a list of links has no share of the odds', async t => {
  const links = { title: 'Tower', headings: ['See also'], text: 'The tower height, the tower weight.' }
  const { workings } = await ask('tower height', [TOWER, links], 0)
  const shares = workings.candidates.map(({ share = 0 }) => share)
  t.equal(workings.candidates.length, 1)
  t.equal(
    shares.reduce((all, one) => all + one, 0),
    1,
  )
})

t.test('a candidate says what its score is made of and which words it lacks', async t => {
  const { workings } = await ask('tall rivets of bronze', [TOWER, TAR], 0)
  const [best] = workings.candidates
  t.same(best?.matched, ['tall', 'rivets', 'of'])
  t.same(best?.missing, ['bronze'])
  t.same(Object.keys(best?.parts ?? {}), ['search', 'document', 'passage', 'name', 'segment', 'page', 'place', 'form'])
})
