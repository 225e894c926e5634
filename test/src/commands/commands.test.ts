import t from 'tap'
import { COMMANDS } from '../../../src/commands/command-table.ts'
import { usageOf } from '../../../src/commands/parsing/command-usage.ts'
import { createRedactor } from '../../../src/logging/redaction/redactor.ts'
import { createCommandWorld } from './command-world.ts'

const SOURCE = { title: 'Documents', location: 'docs/add.md#ingest', passage: 'Run ingest\nwith a   path.', score: 12.345 }
const ANSWER = {
  message: 'how do I add documents?',
  response: 'Run ingest with a path.',
  kind: 'answer' as const,
  sources: [SOURCE],
  workings: {
    parsedAs: 'question',
    terms: [{ word: 'documents', term: 'document', documentFrequency: 7, idf: 3.456 }],
    candidates: [SOURCE, { title: 'Search', location: 'docs/search.md', score: 4 }],
    threshold: 0.35,
  },
}
const NO_ANSWER_YET = 'There is no answer yet. Ask a question first.'

t.test('every command replies in a session without messages', async t => {
  for (const { name, example } of COMMANDS) {
    const { response } = await createCommandWorld().say(example)
    t.ok(response.length > 0, name)
    if (['sources', 'why', 'feedback'].includes(name)) t.equal(response, NO_ANSWER_YET)
  }
})

t.test('/help lists the usage of every command, and how to ask a question that starts with a slash', async t => {
  const { response } = await createCommandWorld().say('/help')
  for (const command of COMMANDS) t.ok(response.includes(usageOf(command)))
  t.match(response, /two slashes/)
})

t.test('/help explains a command by name or alias, with or without a slash', async t => {
  const world = createCommandWorld()
  for (const line of ['/help history', '/help /HIST', '/? hist']) {
    t.equal(
      (await world.say(line)).response,
      [
        '/history [N]',
        'Shows the last messages of this session and their replies, oldest first.',
        'N or --n: a whole number from 1 to 50 (default 10). How many messages to show.',
        'Aliases: /hist',
        'Example: /history 5',
      ].join('\n'),
    )
  }
  t.match(await world.say('/help hsitory'), { response: /Did you mean \/history\?/, suggestions: ['/history'] })
  t.match(await world.say('/help nothing-like-it'), { suggestions: ['/help'] })
})

t.test('/search lists the best passages and returns them as sources', async t => {
  const passages = Array.from({ length: 8 }, (_, i) => ({
    documentId: `d${i}`,
    title: `Page ${i}`,
    ordinal: 0,
    headings: [],
    location: `d${i}#top`,
    text: `git commit --amend ${'and so on '.repeat(50)}`,
  }))
  const world = createCommandWorld(passages)
  const { response, sources } = await world.say('/search git commit --amend')
  t.equal(sources?.length, 5)
  const { text } = passages[0]!
  const origin = { documentId: 'd0', pieces: [{ ordinal: 0, start: 0, end: text.length }] }
  t.same(sources?.[0], { title: 'Page 0', location: 'd0#top', passage: text, score: 10, origin })
  t.match(response, /^1\. Page 0, score 10\.00\n {3}d0#top\n {3}git commit --amend and so on .*…\n2\. Page 1/)
  t.match(await world.say('/search mercurial'), { response: 'No passage contains any of these words.', sources: undefined })
})

t.test('/sources lists the sources of the last answer, also after other commands', async t => {
  const world = createCommandWorld()
  world.add({ ...ANSWER, sources: [] })
  world.add(ANSWER)
  await world.say('/status')
  const { response, sources } = await world.say('/sources')
  t.same(sources, [SOURCE])
  t.equal(response, 'Sources of the last answer:\n1. Documents, score 12.35\n   docs/add.md#ingest\n   Run ingest with a path.')
  world.add({ ...ANSWER, message: 'xyzzy?', response: 'I do not know.', kind: 'fallback', sources: [] })
  t.match(await world.say('/sources'), {
    response: 'The last reply has no sources: the documents did not answer the question.',
    sources: undefined,
  })
})

t.test('/why explains the last answer, down to its trace', async t => {
  const world = createCommandWorld()
  world.add(ANSWER)
  t.equal(
    (await world.say('/why')).response,
    [
      'Question: how do I add documents?',
      'Reply: answer, confidence 0.80 (an answer needs 0.35)',
      'Read as: question',
      'Words:',
      '  documents → document (passages: 7, weight 3.46)',
      'Candidates, with their shares of the odds:',
      '  1. 12.35 Documents (docs/add.md#ingest)',
      '  2. 4.00 Search (docs/search.md)',
      'Times: session 0.12 ms, parse 0.01 ms, search 0.4 ms, answer 0.2 ms, total 0.73 ms',
      'Trace: abc123',
    ].join('\n'),
  )
  world.add({
    message: 'xyzzy?',
    response: 'I do not know.',
    kind: 'fallback',
    workings: { ...ANSWER.workings, terms: [], candidates: [] },
  })
  t.match(
    (await world.say('/why')).response,
    /^Question: xyzzy\?\nReply: fallback.*\nWords: none\nCandidates, with their shares of the odds: none\n/s,
  )
  const { candidates } = ANSWER.workings
  world.add({
    ...ANSWER,
    message: 'how do I add documents and what is search?',
    workings: {
      ...ANSWER.workings,
      candidates: candidates.map((one, i) => ({ ...one, question: ['how do I add documents', 'what is search?'][i]! })),
    },
  })
  t.match(
    (await world.say('/why')).response,
    [
      'Candidates for “how do I add documents”, with their shares of the odds:',
      '  1. 12.35 Documents (docs/add.md#ingest)',
      'Candidates for “what is search?”, with their shares of the odds:',
      '  1. 4.00 Search (docs/search.md)',
    ].join('\n'),
    'each question of a message has its candidates',
  )
  world.add({
    message: 'xyzzy?',
    response: 'I do not know.',
    kind: 'fallback',
    workings: { ...ANSWER.workings, terms: [], candidates: [] },
  })
  world.add({ message: 'hello', response: 'Hello!', kind: 'answer' })
  t.match((await world.say('/why')).response, /^Question: xyzzy/, 'a greeting is skipped')
})

t.test('/why says what the confidence and each candidate are made of, and why one precedes the next', async t => {
  const parts = { search: 2, document: 1.5, passage: 2.5, segment: 6.3, place: -0.4, form: 0 }
  const world = createCommandWorld()
  world.add({
    ...ANSWER,
    workings: {
      ...ANSWER.workings,
      threshold: 0.4,
      terms: [
        { word: 'add', term: 'add', documentFrequency: 0, idf: 5, weight: 0 },
        { word: 'documents', term: 'document', documentFrequency: 7, idf: 3.456, weight: 0.69 },
      ],
      candidates: [
        { ...SOURCE, share: 0.6, quoted: true, parts, matched: ['documents'], missing: ['add'] },
        { ...SOURCE, share: 0.3, quoted: false, parts: { ...parts, search: 1, segment: 4.3, form: 2 }, matched: ['documents'] },
        { ...SOURCE, share: 0.1, quoted: false, parts: { ...parts, segment: 9 } },
      ],
      evidence: {
        ...{ confidence: 0.8, covered: 0.5, together: 0.25, pairs: 0, missing: 0.5, headed: 0, scarce: 0, words: 2 },
        ...{ unknownIdentifiers: 0, followUp: 0, mass: 0.5, smallness: 0, coveredInSmall: 0 },
        contributions: { constant: -3.7, covered: 0.8, together: 0.4, pairs: 0, missing: -1, words: 0.7, ofAnOlderVersion: 1 },
      },
    },
  })
  const { response } = await world.say('/why')
  const [, confidence, words, candidates] = /(Confidence:\n.*)\n(Words:\n.*)\n(Candidates.*)\nTimes/s.exec(response) ?? []
  t.same(confidence?.split('\n'), [
    'Confidence:',
    '  −3.70  base value',
    '  +1.00  ofAnOlderVersion',
    "  +0.80  the best section and its headings have 50 % of the question's words",
    '  +0.70  the question has 2 words that count',
    "  +0.40  three neighbouring sentences have 25 % of the question's words",
    "  −1.00  50 % of the question's words are in no document",
    '  −1.80  in all; an answer needs −0.41',
  ])
  t.same(words?.split('\n').slice(1), [
    '  add → add (in no passage, does not count)',
    '  documents → document (passages: 7, weight 0.69)',
  ])
  t.match(
    candidates,
    /1\. 60 % Documents \(docs\/add\.md#ingest\), quoted\n {5}score 11\.9: search result 2\.0, .*place in the section −0\.4/,
  )
  t.match(
    candidates ?? '',
    /has documents; lacks add\n {5}before 2 by 1\.0; largest difference: words in the best sentence \+2\.0\n/,
  )
  t.match(
    candidates,
    /2\. 30 % [^\n]*ingest\)\n[^\n]*\n {5}has documents\n {5}before 3, since more of its sentences may answer\n/,
  )
})

t.test('/history shows the last messages, oldest first', async t => {
  const world = createCommandWorld()
  t.equal((await world.say('/history')).response, 'This session has no messages yet.')
  world.add(ANSWER)
  world.add({ message: `one\ntwo\u001b[2J${'😀'.repeat(100)}`, response: 'x'.repeat(1000), kind: 'fallback' })
  const { response } = await world.say('/history 2')
  t.match(
    response,
    /^2: 2026-01-15 10:32 UTC {2}how do I add documents\?\n {3}answer: Run ingest with a path\.\n3: 2026-01-15 10:33 UTC {2}one two \[2J/,
  )
  t.equal(response.split('\n').length, 4)
  t.ok(response.split('\n').every(line => line.length < 130 && line.isWellFormed()))
  for (let i = 0; i < 20; i++) world.add(ANSWER)
  t.equal((await world.say('/history')).response.split('\n').length, 20, 'ten by default')
  t.match(await world.say('/history 51'), { response: /must be a whole number from 1 to 50, not "51"/ })
})

t.test('/status shows the state of the server', async t => {
  t.equal(
    (await createCommandWorld().say('/status')).response,
    'Pellucid 1.2.3, up for 1 d 2 h\nOpen sessions: 3\nDocuments: 42, in 512 passages\nDatabase: ok',
  )
})

t.test('/clear resets the context and keeps the history', async t => {
  const world = createCommandWorld()
  world.add(ANSWER)
  await world.say('/clear')
  t.equal(world.session.contextFrom, 1)
  for (const line of ['/sources', '/why', '/feedback good']) t.equal((await world.say(line)).response, NO_ANSWER_YET)
  t.same(world.judgements, [])
  t.match((await world.say('/history')).response, /how do I add documents/)
  world.add({ ...ANSWER, message: 'and then?' })
  t.match((await world.say('/why')).response, /and then\?/)
})

t.test('/forget erases the session, and no command shows its content', async t => {
  const world = createCommandWorld()
  world.add(ANSWER)
  await world.say('/why')
  t.equal((await world.say('/forget')).response, 'The messages and replies of this session are erased (messages: 2).')
  for (const line of ['/sources', '/why', '/feedback bad']) t.equal((await world.say(line)).response, NO_ANSWER_YET)
  const { response } = await world.say('/history')
  t.match(response, /^1: 2026-01-15 10:31 UTC {2}\(erased\)\n2: .*\(erased\)\n3: .*\/forget/)
  t.notMatch(response, /documents/)
})

t.test('/forget says if the text is still in a file', async t => {
  const world = createCommandWorld([], { pending: true })
  world.add(ANSWER)
  t.match((await world.say('/forget')).response, /deleted \(messages: 1\)\. Another program is reading the database/)
})

t.test('/feedback rates the last answer or fallback, with a comment in plain words or in quotes', async t => {
  const world = createCommandWorld()
  const { receipt } = world.add(ANSWER)
  t.equal((await world.say("/feedback bad it's for  the old version")).response, 'Thank you. The last answer is rated as bad.')
  await world.say('/feedback GOOD')
  await world.say('/feedback good "right after all"')
  const { receipt: fallback } = world.add({
    ...ANSWER,
    message: 'xyzzy?',
    response: 'I do not know.',
    kind: 'fallback',
    sources: [],
  })
  await world.say('/rate bad --comment "it is in the manual"')
  t.same(world.judgements, [
    { turnId: receipt.turnId, correct: false, comment: "it's for  the old version" },
    { turnId: receipt.turnId, correct: true, comment: undefined },
    { turnId: receipt.turnId, correct: true, comment: 'right after all' },
    { turnId: fallback.turnId, correct: false, comment: 'it is in the manual' },
  ])
  for (const [thumb, correct] of [
    ['👍', true],
    ['👎🏽 too old', false],
    ['+1', true],
    ['-1 "too old"', false],
  ] as const) {
    await world.say(`/feedback ${thumb}`)
    t.match(world.judgements.at(-1), { correct, ...(!correct && { comment: 'too old' }) }, thumb)
  }
  t.match(await world.say('/feedback perhaps'), { response: /VERDICT must be good or bad, not "perhaps"/ })
})

t.test('redaction changes no wording of the commands in a log line', async t => {
  const { record } = createRedactor()
  const world = createCommandWorld()
  const terms = ['password', 'token', 'pin'].map(word => ({ word, term: word, documentFrequency: 5, idf: 1.5 }))
  const workings = { ...ANSWER.workings, terms }
  for (let n = 0; n < 12; n++) world.add({ ...ANSWER, message: 'reset my password token pin', workings })
  for (const command of ['/why', '/history', '/history', '/why']) {
    const line = { response_text: (await world.say(command)).logged }
    t.same(record(line), line)
  }
})
