import fc from 'fast-check'
import t from 'tap'
import { ask, SESSIONS, TAR, TOWER } from '../../../worlds/answer-pages.ts'

t.test('a line that introduces a command is quoted with it', async t => {
  const { response } = await ask('how do I extract an archive with tar?', [TAR, TOWER, SESSIONS])
  t.match(response, '- Extract an archive into the current directory:\n\n```\ntar xf source.tar\n```')
})

t.test('a command is quoted with the line that introduces it', async t => {
  const { response } = await ask('tvf', [TAR, TOWER, SESSIONS])
  t.match(response, '- List the contents of an archive:\n\n```\ntar tvf source.tar\n```')
})

t.test('code is quoted as a whole, with the sentence that leads to it', async t => {
  const code = "server.get('/tea', (request, reply) => {\n  reply.send('green')\n})"
  const text = `Servers are made of routes.\n\nHere a route is added with a handler.\n\n${code}\n\nThat was all there is to say.`
  const { response } = await ask('how do I add a route with a handler?', [{ title: 'Servers', text }])
  t.ok(response.includes(`Here a route is added with a handler.\n\n\`\`\`\n${code}\n\`\`\``), response)
})

t.test('abbreviations and list numbers do not end a sentence', async t => {
  const built = await ask('who built the tower for the world fair', [TOWER])
  t.match(built.response, 'Gustave Eiffel, e.g. for the world fair of 1889.')
  const steps = await ask('pour the water', [{ title: 'Tea', text: '1. Boil some fresh milk.\n2. Pour the water.\n3. Wait.' }])
  t.match(steps.response, '1. Boil some fresh milk.\n2. Pour the water.\n3. Wait.')
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
  const text = 'Peyton Manning played for Denver. He is also the oldest quarterback. Much else happened in the season. The end.'
  const { response } = await ask('who is the oldest quarterback?', [{ title: 'Football', text }])
  t.match(response, 'Peyton Manning played for Denver. He is also the oldest quarterback.')
})

t.test('for any text and question, a reply is bounded, well-formed and taken from the text', async t => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('tar', 'x:', '\n\n', '// ', '. ', '…', ' ', '。', '\ud83d\ude00', '{{', 'a'.repeat(300)),
  )
  const text = fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join(''))
  const claim = fc.assert(
    fc.asyncProperty(text, fc.oneof(text, fc.constantFrom('tar x', 'tarrd')), async (page, question) => {
      const text = page.toWellFormed()
      const { kind, response, plain, sources, confidence } = await ask(question, [{ title: 'tar', text }], 0)
      const bounded =
        response.length <= 1300 && sources.every(({ passage }) => passage.length <= 2000) && confidence >= 0 && confidence <= 1
      const wellFormed = response.isWellFormed() && sources.every(({ passage }) => passage.isWellFormed())
      const words = plain.replace(/Searched for .+/, '').split(/[\s…\ufffd]+/)
      const quoted = words.every(word => `${text} tar Read more: (d0) - 1.`.includes(word))
      return bounded && wellFormed && (quoted || kind === 'fallback')
    }),
    { numRuns: 100 },
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
    const { response } = await ask('tar', [{ title: 'tar', text }], 0)
    t.ok(response.length <= 1300, `${text.slice(0, 9)}…`)
  }
})

t.test('a list is quoted whole, with its introduction and the numbers of the source', async t => {
  const text = `${'Nothing. '.repeat(90)}\n\nThe audit levels are:\n\n3. None\n4. Metadata\n5. Request\n6. RequestResponse`
  const { response } = await ask('which audit levels are there', [{ title: 'Audit', text }])
  t.match(response, 'The audit levels are:\n\n3. None\n4. Metadata\n5. Request\n6. RequestResponse')
})

t.test('a numbered list that code interrupts keeps its numbers, and another list begins with 1', async t => {
  const text =
    '1. Brew the tea:\n\n```sh\nbrew\n```\n\n2. Pour the tea.\n\nClean the tea pot:\n\n1. Wash the tea pot.\n2. Dry it.'
  const { response } = await ask('how do I brew and pour the tea', [{ title: 'Tea', text }])
  t.match(
    response,
    '1. Brew the tea:\n\n```sh\nbrew\n```\n\n2. Pour the tea.\n\nClean the tea pot:\n\n1. Wash the tea pot.\n2. Dry it.',
  )
})

t.test('fenced code keeps its language, and text without markup has neither fences nor bold', async t => {
  const text = 'Close the server like this:\n\n```js\nserver.close()\n\nprocess.exit()\n```'
  const { response, plain } = await ask('how do I close the server', [{ title: 'Server', text }])
  t.match(response, '**Server**\n\nClose the server like this:\n\n```js\nserver.close()\n\nprocess.exit()\n```')
  t.match(plain, 'Server\n\nClose the server like this:\n\nserver.close()\n\nprocess.exit()\n\nRead more: Server (d0)')
})

t.test('words that Markdown would read as marks are code spans', async t => {
  const text = 'The method __init__ takes *args and a <name> tag. Call print(*args) in <os>-<arch> or ["<my project>.x"].'
  const { response, plain } = await ask('what does the method take', [{ title: 'Method', text }])
  t.match(
    response,
    'The method `__init__` takes `*args` and a `<name>` tag. Call `print(*args)` in `<os>-<arch>` or ["`<my project>.x`"].',
  )
  t.match(plain, text)
})

t.test('two sections that answer are quoted under their headings', async t => {
  const { response } = await ask('querystring or URLSearchParams', [
    { title: 'URL', headings: ['URLSearchParams'], text: 'URLSearchParams is standardized, unlike querystring.' },
    { title: 'Module querystring', text: 'The querystring module is faster than URLSearchParams.' },
    TOWER,
  ])
  t.match(response, '**URL › URLSearchParams**\n\nURLSearchParams is standardized')
  t.match(response, '**Module querystring**\n\nThe querystring module is faster')
})

t.test('a short heading follows its nearest parents', async t => {
  const heading = async (title: string, ...headings: string[]) => {
    const { response } = await ask('who pays for tea', [{ title, headings, text: 'The company pays for tea.' }])
    return /^\*\*(.*)\*\*\n/.exec(response)?.[1]
  }
  t.equal(await heading('brew lock', 'brew tea pots', 'Who pays'), 'brew tea pots › Who pays', 'the nearest one, not the title')
  t.equal(await heading('Kitchen', 'Kitchen', 'Tea'), 'Kitchen › Tea', 'a repeated name is shown once')
  t.equal(await heading('Kitchen', 'Costs', 'Tea'), 'Kitchen › Costs › Tea', 'a short parent says little')
  t.equal(await heading('Kitchen Rules, Costs and Tea | Documentation', 'Costs', 'Tea 2'), 'Costs › Tea 2')
  t.equal(await heading('Kitchen', 'Tea', 'Who pays for the tea'), 'Who pays for the tea')
})

t.test('a heading that is a paragraph is shown by its beginning', async t => {
  const { response } = await ask('what is the tower', [{ title: 'Tower '.repeat(5000), text: 'The tower is a tall building.' }])
  t.ok(response.length < 800, `${response.length}`)
  t.match(response, 'Tower Tower')
})
