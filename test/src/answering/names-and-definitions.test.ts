import t from 'tap'
import { namesOf } from '../../../src/answering/heading-names.ts'
import { ask, SESSIONS, TAR, TOWER } from '../../worlds/answer-pages.ts'

t.test('what something is, is said in the first sentence about it', async t => {
  const usage = { title: 'vault', headings: ['vault seal'], text: '```\nvault seal [options] NAME\n```' }
  const description = {
    title: 'vault',
    headings: ['vault seal', 'Description'],
    text: 'Closes a vault, so that nobody can open it.',
  }
  const mention = { title: 'Doors', headings: ['Steel'], text: 'Before the vault seal command, close the steel door. Then wait.' }
  const { response } = await ask('what does vault seal do?', [usage, mention, description, TAR, TOWER, SESSIONS])
  t.match(response, /Closes a vault, so that nobody can open it\./)
})

t.test('a definition is the first sentence below the heading that names it', async t => {
  const { response } = await ask('What is an item loader?', [
    { title: 'Notes', text: 'An item loader is used in each spider.' },
    { title: 'Item loader', text: 'They fill objects with data.' },
  ])
  t.match(response, /^\*\*Item loader\*\*\n\nThey fill objects/)
})

t.test('a sentence that defines a subject is found among many that mention it', async t => {
  const others = Array.from({ length: 120 }, (_, i) => ({
    title: `Basket and part ${i}`,
    text: `Basket, basket, basket: part ${i} of the basket is set up with the basket command.`,
  }))
  const pages = [...others, { title: 'Why choose it?', text: 'First of all, it is free. Basket is a shop for small companies.' }]
  for (const question of [
    'what is basket',
    'whats basket',
    'basket meaning',
    'explain basket please',
    'what is basket used for?',
  ]) {
    const { response } = await ask(question, pages)
    t.match(response, /^\*\*Why choose it\?\*\*\n\n(?:.*\. )?Basket is a shop/, question)
  }
})

t.test('stop words of a heading are not part of the name', async t => {
  const { response } = await ask('what is hydration', [
    { title: 'Hydration strategies of islands', text: 'Hydration runs for each island, hydration by hydration.' },
    { title: 'What is hydration, and why?', text: 'The browser attaches handlers to the page.' },
  ])
  t.match(response, /^\*\*What is hydration, and why\?/)
})

t.test('a negation is part of the name of a heading', async t => {
  const pages = ['OK', 'Not OK'].map((heading, i) => ({
    ordinal: i,
    documentId: 'side-jobs',
    title: 'Side jobs',
    headings: [heading],
    text: `Side jobs of kind ${i}, and side jobs like it.`,
  }))
  t.match((await ask('which side jobs are ok', pages)).response, /^\*\*Side jobs › OK/)
  t.match((await ask('which side jobs are not ok', pages)).response, /^\*\*Side jobs › Not OK/)
})

t.test('the sections of a page whose title is the question come before sections of other pages', async t => {
  const plugins = Array.from({ length: 8 }, (_, i) => ({
    title: `Plugin ${i}`,
    headings: ['Installation'],
    text: `Install plugin ${i} of Basket. To install it, run install.`,
  }))
  const { response } = await ask('how do i install basket', [
    ...plugins,
    {
      title: 'Install Basket',
      headings: ['From the command line'],
      text: 'Install it with one command, which asks for the rest.',
    },
  ])
  t.match(response, 'Install it with one command')
})

t.test('a question about an identifier is answered by the entry of exactly that name', async t => {
  const longer = Array.from({ length: 4 }, (_, i) => ({
    title: 'Options',
    headings: [['environments.build.outDir', 'build.outDirMode', 'build.emptyOutDir', 'Using build.outDir'][i]!],
    text: 'The build outDir option. With build.outDir, the build outDir and its output directory are used: build.outDir.',
  }))
  for (const heading of [
    'build.outDir',
    '`build.outDir`',
    'build.outDir (string)',
    'Option: build.outDir – directory',
    '-o, build.outDir',
  ]) {
    const exact = { title: 'Options', headings: [heading], text: 'Files are written here.', location: 'exact' }
    for (const question of ['What does build.outDir do?', 'build.outDir', 'explain build.outDir()']) {
      const { sources } = await ask(question, [...longer, exact], 0)
      t.equal(sources[0]?.location, 'exact', `${heading} ${question}`)
    }
  }
})

t.test('a sentence that begins with the identifier asked about is its entry, a link to it is not', async t => {
  const list = { title: 'Errors', text: '- ImageFault\n- AlbumFault\n- FrameFault', location: 'list' }
  const entry = { title: 'Pictures', text: '**ImageFault**: A picture must be imported before it is shown.', location: 'entry' }
  for (const question of ['ImageFault', 'what is ImageFault', 'how do i fix ImageFault']) {
    const { kind, sources } = await ask(question, [list, entry], 0.4)
    t.equal(kind, 'answer', question)
    t.equal(sources[0]?.location, 'entry', question)
  }
})

t.test('names of headings are found whatever surrounds them, and prose has none', async t => {
  t.same(namesOf('-v, --verbose LEVEL'), [])
  t.same(namesOf('-v, --max-warnings <n>'), ['-v', '--max-warnings'])
  t.same(namesOf('`fs.readFile(path[, options], callback)`'), ['fs.readfile'])
  t.same(namesOf('max_connections (integer)'), ['max_connections'])
  t.same(namesOf('Class: `fs.Dir`'), ['fs.dir'])
  t.same(namesOf('build.outDir now supports a callback'), [])
  t.same(namesOf('send_mail() vs. send_all()'), [])
  t.same(namesOf('a.bc '.repeat(1000)), [])
})

t.test('an identifier that no document contains lowers the confidence', async t => {
  const known = await ask('what does server.close do', [{ title: 'Server', text: 'The method server.close() stops the server.' }])
  const unknown = await ask('what does server.halt do', [
    { title: 'Server', text: 'The method server.close() stops the server.' },
  ])
  t.ok(unknown.confidence < known.confidence / 2, `${unknown.confidence} ${known.confidence}`)
})
