import fc from 'fast-check'
import t from 'tap'
import { composeAnswer } from '../../../src/answering/answer.ts'
import { weighEvidence, withEvidence } from '../../../src/answering/confidence.ts'
import type { StoredPassage } from '../../../src/knowledge/document.ts'
import { createSearchEngine } from '../../../src/search/passage-search.ts'
import { createRetrieval, type PassageReader } from '../../../src/search/retrieval.ts'
import { analyse } from '../../../src/search/text/analysis.ts'

const TAR = {
  title: 'tar',
  text: [
    'Archiving utility. Often combined with a compression method, such as gzip or bzip2.',
    '- Create an archive and write it to a file:',
    'tar cf target.tar file1 file2',
    '- Extract an archive into the current directory:',
    'tar xf source.tar',
    '- List the contents of an archive:',
    'tar tvf source.tar',
  ].join('\n\n'),
}
const TOWER = {
  title: 'Eiffel Tower',
  text:
    'The tower stands on the Champ de Mars in Paris. It was built by the company of Gustave Eiffel, e.g. for the world fair of 1889. ' +
    'It is 330 metres tall, about as tall as a building of 81 floors. Nobody is known to have counted its rivets twice.',
}
const SESSIONS = {
  title: 'Manual',
  headings: ['Sessions', 'How long does a session live?'],
  text: 'One hour after the last message. The administrator may choose another time.\n\nEverything in it is then closed.',
}

/** Asks a question about a few documents, with the search engine of the service. */
async function ask(question: string, pages: readonly Partial<StoredPassage>[], threshold = 0.35) {
  const engine = createSearchEngine()
  const passages = pages.map((page, i) => ({
    documentId: `d${i}`,
    ordinal: 0,
    title: '',
    headings: [],
    location: `d${i}`,
    text: '',
    ...page,
  }))
  for (const passage of passages) engine.replace(passage.documentId, passage.title, [passage])
  const reader: PassageReader = {
    passages: async refs => refs.map(({ documentId }) => passages.find(passage => passage.documentId === documentId)),
  }
  const retrieve = withEvidence(createRetrieval(engine, reader), analyse)
  const answer = composeAnswer(question, { ...(await retrieve(question, 10)), context: [] }, { analyse, threshold })
  return { ...answer, response: answer.response.text }
}

t.test('an answer is the sentence that answers, not the page', async t => {
  const answer = await ask('how tall is the Eiffel tower?', [TAR, TOWER, SESSIONS])
  t.equal(answer.kind, 'answer')
  t.match(answer.response, 'It is 330 metres tall')
  t.notMatch(answer.response, 'rivets')
  t.ok(answer.confidence > 0.35 && answer.confidence <= 1)
})

t.test('a line that introduces a command is quoted with it', async t => {
  const { response } = await ask('how do I extract an archive with tar?', [TAR, TOWER, SESSIONS])
  t.match(response, '- Extract an archive into the current directory:\n\ntar xf source.tar')
})

t.test('a command is quoted with the line that introduces it', async t => {
  const { response } = await ask('tvf', [TAR, TOWER, SESSIONS])
  t.equal(response, '- List the contents of an archive:\n\ntar tvf source.tar')
})

t.test('below a heading that repeats the question, the answer starts with the first sentence', async t => {
  const { response } = await ask('how long does a session live?', [TAR, TOWER, SESSIONS])
  t.ok(response.startsWith('One hour after the last message.'), response)
})

t.test('a source is cut to the text around the quotation, between words', async t => {
  const text = `${'Before. '.repeat(100)}The answer is forty-two. ${'After. '.repeat(100)}`
  const { sources } = await ask('what is the answer', [{ title: 'Long', text }])
  t.match(sources[0]!.passage, /^… Before\. .*The answer is forty-two\. .* After\. …$/)
  t.ok(sources[0]!.passage.length <= 604)
})

t.test('a source has title, location, the text around the quotation, and the search score', async t => {
  const { sources } = await ask('how tall is the Eiffel tower?', [
    TAR,
    { ...TOWER, location: 'https://example.com/tower#height' },
  ])
  t.match(sources[0], { title: 'Eiffel Tower', location: 'https://example.com/tower#height', passage: '330 metres' })
  t.ok(sources[0]!.score > 0)
})

t.test('passages of one location are one source, and there are at most three sources', async t => {
  const twins = await ask(
    'how tall is the Eiffel tower?',
    [TOWER, TOWER].map(page => ({ ...page, location: 'tower' })),
  )
  t.equal(twins.sources.length, 1)
  const many = await ask('how tall is the Eiffel tower?', Array(9).fill(TOWER))
  t.equal(many.sources.length, 3)
})

t.test('a fallback names the closest titles, each once', async t => {
  const answer = await ask('which wine goes with an archive of cheese from Normandy?', [TAR, TAR, TOWER, SESSIONS])
  t.equal(answer.kind, 'fallback')
  t.match(answer.response, /^I don't know/)
  t.strictSame(answer.sources, [])
  t.equal(answer.suggestions.filter(title => title === 'tar').length, 1)
  t.ok(answer.suggestions.length <= 3)
})

t.test('a fallback suggests a correction of a misspelt word', async t => {
  const { kind, response, workings } = await ask('where do rivetts come from', [TOWER, TAR, SESSIONS])
  t.equal(kind, 'fallback')
  t.match(response, 'Did you mean “rivets”?')
  t.same(workings.corrections, [{ word: 'rivetts', suggestion: 'rivets' }])
})

t.test('highlights are the quoted ranges of a source’s passage', async t => {
  const text = `${'Before it. '.repeat(100)}The answer is forty-two. ${'After it. '.repeat(100)}`
  const { sources, response } = await ask('what is the answer', [{ title: 'Long', text }])
  const marked = sources[0]!.highlights!.map(({ start, end }) => sources[0]!.passage.slice(start, end))
  t.equal(marked[0], 'The answer is forty-two.')
  for (const part of marked) t.ok(response.includes(part), part)
})

t.test('code is quoted as a whole, with the sentence that leads to it', async t => {
  const code = "server.get('/tea', (request, reply) => {\n  reply.send('green')\n})"
  const text = `Servers are made of routes.\n\nHere a route is added with a handler.\n\n${code}\n\nThat was all there is to say.`
  const { response } = await ask('how do I add a route with a handler?', [{ title: 'Servers', text }])
  t.ok(response.includes(`Here a route is added with a handler.\n\n${code}`), response)
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

t.test('abbreviations and list numbers do not end a sentence', async t => {
  const built = await ask('who built the tower for the world fair', [TOWER])
  t.match(built.response, 'Gustave Eiffel, e.g. for the world fair of 1889.')
  const steps = await ask('pour the water', [{ title: 'Tea', text: '1. Boil some fresh milk.\n2. Pour the water.\n3. Wait.' }])
  t.match(steps.response, '2. Pour the water.')
})

t.test('text without spaces is cut into sentences too', async t => {
  const { response } = await ask(
    '塔有多高',
    [{ title: '塔', text: `${'城市很大，人很多。'.repeat(60)}塔有三百三十米高。河很长。` }],
    0,
  )
  t.match(response, '塔有三百三十米高。')
})

t.test('a sentence that refers back is quoted with the sentence before it', async t => {
  const text =
    'Peyton Manning played for Denver. He is also the oldest quarterback. Much else could be told of the season. The end.'
  const { response } = await ask('who is the oldest quarterback?', [{ title: 'Football', text }])
  t.ok(response.startsWith('Peyton Manning played for Denver. He is also the oldest quarterback.'), response)
})

t.test('a best sentence late in the passage is quoted first', async t => {
  const filler = (about: string) => `The ${about} ${'and so on '.repeat(20)}ends.`
  const text = [
    filler('tower height'),
    filler('weather'),
    `The exact height of the tower in metres ${'is known '.repeat(10)}now.`,
  ].join(' ')
  const { response } = await ask('exact height of the tower in metres', [{ title: 'Facts', text }])
  t.ok(response.startsWith('The exact height'), response)
})

t.test('for any text and question, a reply is bounded, well-formed and taken from the text', async t => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('tar', 'x:', '\n\n', '// ', '. ', '…', ' ', '。', '\ud83d\ude00', '{{', 'a'.repeat(300)),
  )
  const text = fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join(''))
  const claim = fc.assert(
    fc.asyncProperty(text, fc.oneof(text, fc.constant('tar x')), async (page, question) => {
      const text = page.toWellFormed()
      const { kind, response, sources, confidence } = await ask(question, [{ title: 'tar', text }], 0)
      const bounded =
        response.length <= 520 && sources.every(({ passage }) => passage.length <= 620) && confidence >= 0 && confidence <= 1
      const wellFormed = response.isWellFormed() && sources.every(({ passage }) => passage.isWellFormed())
      const quoted = response.split(/[\s…\ufffd]+/).every(word => text.includes(word))
      return bounded && wellFormed && (quoted || kind === 'fallback')
    }),
    { numRuns: 200 },
  )
  await t.resolves(claim)
})

// Work that is not linear would exceed the time limit of the test file.
t.test('hostile passages are read to their end', async t => {
  for (const text of [
    '.'.repeat(1e6),
    `tar${' '.repeat(1e6)}`,
    'tar. '.repeat(2e5),
    `tar:${'\n'.repeat(1e6)}x`,
    'e.g. tar'.repeat(1e5),
    'tar:\n'.repeat(2e5),
  ]) {
    const passage = { documentId: 'd', ordinal: 0, title: 'tar', headings: [], location: 'd', text, score: 1 }
    const terms = [{ word: 'tar', term: 'tar', documentFrequency: 1, idf: 1, weight: 1 }]
    const evidence = weighEvidence('tar', [passage], analyse)
    const { response: reply } = composeAnswer(
      'tar',
      { passages: [passage], terms, scored: 1, evidence, corrections: [], context: [] },
      { analyse, threshold: 0.35 },
    )
    const response = reply.text
    t.ok(response.length <= 600, `${text.slice(0, 9)}…`)
  }
})
