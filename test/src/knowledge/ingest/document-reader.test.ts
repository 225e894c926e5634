import t from 'tap'
import type { DocumentFormat, IncomingDocument } from '../../../../src/knowledge/document.ts'
import { hashDocument, readDocument } from '../../../../src/knowledge/ingest/document-reader.ts'

const incoming = (format: DocumentFormat, text: string, rest: Partial<IncomingDocument> = {}): IncomingDocument => ({
  id: 'kb/page',
  owner: 'operator',
  format,
  text,
  ...rest,
})
const read = (format: DocumentFormat, text: string, rest?: Partial<IncomingDocument>) =>
  readDocument(incoming(format, text, rest))
/** Enough text for a passage. */
const LONG = 'A paragraph that is long enough to be a passage, which a shorter one would not be.'
const unreadable = { name: 'ChatError', code: 'DOCUMENT_UNREADABLE' }

t.test('Markdown is cut into passages at its headings, without markup', async t => {
  const page = await read(
    'markdown',
    `# The *Guide*

Soft
breaks are **spaces**, a [link](http://x.example) keeps its text, and short \`code\` too.

## Set-up, step 1!

Run this:

\`\`\`sh
npm install   # as written
\`\`\`

- one
  with more
- two
  1. nested
- [ ] task

| Name | Port |
|------|------|
| web  | 8000 |

## Set-up, step 1!

> Quoted words that fill a passage of their own.

<div><p>Some <b>HTML</b> that does so too.</p></div>
`,
  )
  t.equal(page.title, 'The Guide')
  t.same(page.passages, [
    {
      ordinal: 0,
      headings: [],
      location: 'kb/page',
      text: 'Soft breaks are spaces, a link keeps its text, and short code too.',
    },
    {
      ordinal: 1,
      headings: ['Set-up, step 1!'],
      location: 'kb/page#set-up-step-1',
      text: 'Run this:\n\n```sh\nnpm install   # as written\n```\n\n- one with more\n- two\n  1. nested\n- task\n\n| Name | Port |\n| --- | --- |\n| web | 8000 |',
    },
    {
      ordinal: 2,
      headings: ['Set-up, step 1!'],
      location: 'kb/page#set-up-step-1-1',
      text: 'Quoted words that fill a passage of their own.\n\nSome HTML that does so too.',
    },
  ])
})

t.test("a front matter's title is the document's title, and its lines are not part of the text", async t => {
  const page = await read('markdown', '---\nlayout: page\ntitle: "Quoted: title"\n---\n\n# Heading\n\nText.\n')
  t.equal(page.title, 'Quoted: title')
  t.same(
    page.passages.map(({ headings, text }) => [headings, text]),
    [[['Heading'], 'Text.']],
  )
  const rule = await read('markdown', '---\nNot a key, a paragraph between rules.\n\n---\n\nMore.\n')
  t.match(rule.passages[0]?.text, /^Not a key/)
})

t.test('if a project name precedes the only heading of a page, that heading is the title', async t => {
  const page = await read('markdown', `<h1 align="center">Fastify</h1>\n\n## Errors\n\n${LONG}\n\n### Codes\n\nMore ${LONG}\n`)
  t.equal(page.title, 'Errors')
  t.same(
    page.passages.map(({ headings, location }) => [headings, location]),
    [
      [['Fastify'], 'kb/page'],
      [['Fastify', 'Codes'], 'kb/page#codes'],
    ],
  )
})

t.test('HTML pages are read without navigation, header and footer', async t => {
  const page = await read(
    'html',
    `<html><head><title>Install &mdash; Site</title><style>p{}</style></head><body>
    <header><h1>Logo</h1></header><nav>Home</nav>
    <main><header><h1>Install<a class="headerlink" href="#install">¶</a></h1></header>
      <p>First &amp; only.<br>Next comes what fills the rest of a passage of its own.</p>
      <section id="linux"><h2>On <code>Linux</code></h2>
        <ul><li>one<ol start="3"><li>three<li>four</ol><li><p>two</p><p>more</p></ul>
        <pre><span>if x:</span>
    go()
</pre>
        <dl><dt id="opt">--fast</dt><dd><p>Be fast.</p></dd></dl>
        <table><tr><th>A</th><th>B</th></tr><tr><td><p>1</p></td><td>2</td></tr></table>
      </section><aside>Advertisement</aside><script>x()</script></main>
    <footer>Imprint</footer></body></html>`,
    { url: 'https://docs.example/install' },
  )
  t.equal(page.title, 'Install')
  t.same(page.passages, [
    {
      ordinal: 0,
      headings: [],
      location: 'https://docs.example/install',
      text: 'First & only. Next comes what fills the rest of a passage of its own.',
    },
    {
      ordinal: 1,
      headings: ['On Linux'],
      location: 'https://docs.example/install#linux',
      text: '- one\n  3. three\n  4. four\n- two\n  more\n\n```\nif x:\n    go()\n```\n\n- **--fast**: Be fast.\n\n| A | B |\n| --- | --- |\n| 1 | 2 |',
    },
  ])
})

t.test('a page without landmarks is read in full, except elements with the class or id of page chrome', async t => {
  const page = await read(
    'html',
    '<title>T</title><div id="header">Logo</div><div class="nav wide">Menu</div><div class="section" id="header"><h2>On headers</h2>Text</div>',
  )
  t.equal(page.title, 'On headers')
  t.same(
    page.passages.map(({ text }) => text),
    ['Text'],
  )
  t.equal((await read('html', '<title> Only \n this </title>bare text')).title, 'Only this')
})

t.test('broken HTML loses no text', async t => {
  const page = await read('html', '</p><h2>Open <p>one</td><td>two<li>three</b></ul><table><td>four<pre>five<tr>six<h3>')
  const text = page.passages.map(passage => [...passage.headings, passage.text].join(' ')).join(' ')
  for (const word of ['one', 'two', 'three', 'four', 'five', 'six']) t.match(text, word)
})

t.test('roles and directives of reStructuredText are read as they are displayed', async t => {
  const page = await read(
    'rst',
    `Welcome
=======

See :ref:\`the text <label>\`, :meth:\`~flask.Flask.run\` and \`a link <http://x.example>\`_, which is written before a piece of code::

   code
     as written

.. toctree::

   not/shown

Options
-------

--out FILE  Where
term
    Definition.

.. note:: Mind
   this.

.. code-block:: python

   def x():
       pass

+---+---+
| a | b |
+---+---+
`,
  )
  t.equal(page.title, 'Welcome')
  t.same(
    page.passages.map(({ location, text }) => [location, text]),
    [
      ['kb/page', 'See the text, run and a link, which is written before a piece of code:\n\n```\ncode\n  as written\n```'],
      [
        'kb/page#options',
        '- **--out FILE**: Where\n- **term**: Definition.\n\nNote: Mind this.\n\n```python\ndef x():\n    pass\n```\n\n- **a**: b',
      ],
    ],
  )
})

t.test('the first line of plain text is the title only if it looks like a title', async t => {
  t.equal((await read('text', 'How to begin\r\n\r\nA paragraph\r\nof two lines.')).title, 'How to begin')
  t.equal((await read('text', 'This is a sentence.\n\nAnother.')).title, 'kb/page')
  t.equal((await read('text', 'Alone')).title, 'kb/page')
})

t.test('an underlined line of plain text is a heading, the first one the title', async t => {
  const long = 'A sentence of more than sixty characters is here, which makes a passage.'
  const text = `Tea time\n========\n\n${long}\n\nGreen tea\n---------\n${long}\n\na - b\n-----------------\n1 - 2\n`
  const page = await readDocument({ id: 'a', owner: 'operator', format: 'text', text })
  t.equal(page.title, 'Tea time')
  t.same(
    page.passages.map(({ headings, location, text }) => [headings, location, text]),
    [
      [[], 'a', long],
      [['Green tea'], 'a#green-tea', `${long}\n\na - b\n-----------------\n1 - 2`],
    ],
  )
  const both = await readDocument({ id: 'a', owner: 'operator', format: 'text', text: '******\n Tea\n******\n\nHot.' })
  t.match(both, { title: 'Tea', passages: [{ headings: [], text: 'Hot.' }] })
})

t.test('a given title takes precedence over the title in the text', async t => {
  t.equal((await read('markdown', '# Inner\n\nText', { title: 'Outer' })).title, 'Outer')
})

t.test('a heading without content is left out, unless the document consists of headings', async t => {
  t.same(
    (await read('markdown', `# A\n\n## B\n\n## C\n\n${LONG}\n\n## D`)).passages.map(({ text }) => text),
    [LONG],
  )
  t.same(
    (await read('markdown', '# A\n\n## B')).passages.map(({ text }) => text),
    ['A\n\nB'],
  )
})

t.test('a section that announces its parts names them', async t => {
  const { passages } = await read(
    'markdown',
    `# A\n\n## Modes\n\nThere are two modes:\n\n### Fast\n\n${LONG}\n\n### Slow\n\n${LONG}`,
  )
  t.match(passages[0]?.text, /^There are two modes:\n\n- Fast\n- Slow\n/)
})

t.test('an empty document has no passages', async t => {
  for (const format of ['markdown', 'html', 'rst', 'text'] as const) t.same((await read(format, ' \n')).passages, [])
})

t.test('the hash depends on everything that passages depend on, and on nothing else', async t => {
  const document = incoming('text', 'text')
  const variants = [{}, { id: 'other' }, { title: 't' }, { text: 'other' }, { format: 'markdown' as const }, { url: 'u' }]
  t.equal(new Set(variants.map(variant => hashDocument({ ...document, ...variant }))).size, variants.length)
  t.equal(hashDocument({ ...document, file: '/elsewhere' }), hashDocument(document))
  t.equal((await readDocument(document)).hash, hashDocument(document))
})

t.test('lone surrogates are replaced as in the database', async t => {
  t.equal((await read('text', 'a\uD800b')).text, 'a\uFFFDb')
})

t.test('NUL characters and too large documents are rejected', async t => {
  await t.rejects(read('text', 'a\0b'), unreadable)
  await t.rejects(read('text', 'ä'.repeat(5_000_001)), { ...unreadable, message: /larger than 10 MB/ })
})

t.test('pathological nesting is read or rejected, without a crash', async t => {
  const hostile: readonly (readonly [DocumentFormat, string])[] = [
    ['markdown', '>'.repeat(10_000)],
    ['markdown', '['.repeat(10_000)],
    ['markdown', '<div>'.repeat(10_000)],
    ['markdown', '*a **b '.repeat(10_000)],
    ['html', '<div>'.repeat(10_000)],
    ['html', '<b>'.repeat(10_000)],
    ['html', '<table><tr><td>'.repeat(10_000)],
    ['rst', '- '.repeat(10_000)],
    ['rst', '`a '.repeat(10_000)],
    ['rst', '+---+\n| a |\n'.repeat(10_000)],
    ['text', '\n'.repeat(1_000_000)],
  ]
  for (const [format, text] of hostile) {
    const outcome = await read(format, text).catch(error => error)
    if (outcome instanceof Error) t.match(outcome, unreadable, `${format} ${text.slice(0, 20)}`)
  }
})

t.test('parsers throw only DOCUMENT_UNREADABLE for any text', async t => {
  const parts = [
    '<',
    '>',
    '[',
    '](',
    '`',
    '```\n',
    '*',
    '\n',
    '\n\n',
    '    ',
    '- ',
    '1. ',
    '| ',
    '::',
    '..',
    '.. x:: y',
    '===',
    '+--+',
    '&#x;',
    '<!--',
    '<pre>',
  ]
  parts.push(
    '</',
    'a',
    'Ж',
    '漢',
    '\u{1F600}',
    '\uD83D',
    '\u200B',
    '\t',
    '__proto__',
    'http://a.b',
    '---',
    '~~~',
    '#',
    '"',
    '=',
    '</table>',
    '<td',
    '<h1>',
  )
  let seed = 7
  const next = () => (seed = (seed * 48271) % 2147483647)
  for (let i = 0; i < 400; i++) {
    const text = Array.from({ length: next() % 40 }, () => parts[next() % parts.length]).join('')
    for (const format of ['markdown', 'html', 'rst', 'text'] as const) {
      const outcome = await read(format, text).catch(error => error)
      if (outcome instanceof Error) t.match(outcome, unreadable, `${format}: ${JSON.stringify(text)}`)
    }
  }
})
