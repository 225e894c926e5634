import { join } from 'node:path'
import t from 'tap'
import { ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { ingestFiles as run } from './ingest-files.ts'

t.test('files of unknown formats are counted by extension, and drafts are named', async t => {
  const { report } = await run(t, {
    'site/kb/a.png': 'x',
    'site/kb/b.PNG': 'x',
    'site/kb/Makefile': 'x',
    'site/kb/c.md': '---\ndraft: true\n---\nNot ready.',
    'site/kb/d.md': 'Ready.',
  })
  t.equal(report.added, 1)
  t.same(
    [...report.skipped].sort((a, b) => (a.what < b.what ? -1 : 1)),
    [
      { what: '', reason: 'unknown_format', files: 1 },
      { what: '.png', reason: 'unknown_format', files: 2 },
      { what: 'kb/c.md', reason: 'draft', files: 1 },
    ],
  )
})

t.test('with a base address, documents are located by the web addresses of their pages', async t => {
  const { store } = await run(
    t,
    {
      'site/kb/index.md': 'a',
      'site/kb/guide/first steps.mdx': 'a',
      'site/kb/guide/slug.md': '---\nslug: other\n---\na',
      'site/kb/guide/root.md': '---\npermalink: /top/\n---\na',
      'site/kb/guide/away.md': '---\nslug: https://x.example/y\n---\na',
      'site/kb/page.html': 'a',
    },
    'https://docs.example/v1/',
  )
  t.same(Object.fromEntries((await store.list({ limit: 10 })).map(({ id, url }) => [id, url])), {
    'kb/index.md': 'https://docs.example/v1/',
    'kb/guide/first steps.mdx': 'https://docs.example/v1/guide/first%20steps',
    'kb/guide/slug.md': 'https://docs.example/v1/guide/other',
    'kb/guide/root.md': 'https://docs.example/v1/top/',
    'kb/guide/away.md': 'https://x.example/y',
    'kb/page.html': 'https://docs.example/v1/page.html',
  })
})

t.test('code and text of other files are included if they are in the folder or in one that was named', async t => {
  const { text } = await run(t, {
    'secret.py': 'secret = 1',
    'site/src/x.py': 'x = 1\ny = 2\nz = 3\n',
    'site/kb/part.txt': 'A part.',
    'site/kb/note.txt': '..\n  A comment.\n\nA note.',
    'site/kb/a.md': 'Run:\n\n{* ../src/x.py hl[1] *}\n',
    'site/kb/b.md': '```python\n--8<-- "src/x.py"\n```\n',
    'site/kb/c.md': 'Run:\n\n<<< @/src/x.py{1}\n',
    'site/kb/d.rst':
      'Run:\n\n.. literalinclude:: ../src/x.py\n   :lines: 1, 3-\n\n.. include:: part.txt\n.. include:: note.txt\n',
    'site/src/parts.py': '# --8<-- [start:cup]\na = 1\n# --8<-- [end:cup]\n# #region pot\nb = 2\n# #endregion pot\n',
    'site/kb/f.md': '```python\n--8<-- "src/parts.py:cup"\n```\n\n<<< @/src/parts.py#pot{1}\n',
    'site/kb/g.md': '```python\n--8<-- "src/x.py:2:3"\n```\n',
    'site/kb/sizes.csv': 'Cup,Size\nsmall,1\n',
    'site/kb/h.rst': 'Look:\n\n.. csv-table:: Sizes\n   :file: sizes.csv\n   :header-rows: 1\n\nAfter.\n',
    'site/kb/e.md': 'Nothing:\n\n{* ../../secret.py *}\n\n{* missing.py *}\n',
  })
  const code = '```python\nx = 1\ny = 2\nz = 3\n```'
  t.equal(await text('kb/a.md'), `Run:\n\n${code}`)
  t.equal(await text('kb/b.md'), code)
  t.equal(await text('kb/c.md'), `Run:\n\n${code}`)
  t.equal(await text('kb/d.rst'), 'Run:\n\n```python\nx = 1\nz = 3\n```\n\nA part.\n\nA note.')
  t.equal(await text('kb/f.md'), '```python\na = 1\n```\n\n```python\nb = 2\n```')
  t.equal(await text('kb/g.md'), '```python\ny = 2\nz = 3\n```')
  t.equal(await text('kb/h.rst'), 'Look:\n\nSizes:\n\n| Cup | Size |\n| --- | --- |\n| small | 1 |\n\nAfter.')
  t.equal(await text('kb/e.md'), 'Nothing:', 'a file outside of these folders is not read')
})

t.test('files and folders that begin with _ are parts of pages: they are included, skipped and named', async t => {
  const { report, store, text } = await run(t, {
    'secret.mdx': 'secret',
    'site/kb/a.mdx': `import Brew from './parts/_brew.mdx'\nimport Away from '../../secret.mdx'\n
Before.\n\n<Brew size="2" />\n\n<Away />\n\n\`\`\`mdx\nimport Pot from './parts/_pot.md'\n\n<Brew />\n\`\`\`\n`,
    'site/kb/parts/_brew.mdx': "---\ntitle: x\n---\nimport Pot from './_pot.md'\n\nBrew it.\n\n<Pot></Pot>\n",
    'site/kb/parts/_pot.md': 'In a pot.',
    'site/kb/parts/_index.md': 'A section.',
    'site/kb/_templates/x.rst': 'A template.',
    'site/kb/_posts/tea.md': 'A post.',
  })
  t.equal(
    await text('kb/a.mdx'),
    "Before.\n\nBrew it.\n\nIn a pot.\n\n```mdx\nimport Pot from './parts/_pot.md'\n\n<Brew />\n```",
  )
  t.same((await store.list({ limit: 10 })).map(({ id }) => id).sort(), ['kb/_posts/tea.md', 'kb/a.mdx', 'kb/parts/_index.md'])
  t.same(report.skipped, [
    { what: 'kb/_*', reason: 'part', files: 1 },
    { what: 'kb/parts/_*', reason: 'part', files: 2 },
  ])
})

t.test('documents in hidden folders are counted by folder, except those of Git', async t => {
  const { report, store } = await run(t, {
    'site/kb/a.md': 'a',
    'site/kb/.hidden.md': 'x',
    'site/kb/.cache/b.md': 'x',
    'site/kb/.cache/more/.deep/c.rst': 'x',
    'site/kb/more/.github/d.md': 'x',
    'site/kb/more/.github/e.png': 'x',
    'site/kb/.git/f.md': 'x',
    'site/kb/.empty/g.png': 'x',
  })
  t.same(
    (await store.list({ limit: 10 })).map(({ id }) => id),
    ['kb/a.md'],
  )
  t.same(
    [...report.skipped].sort((a, b) => (a.what < b.what ? -1 : 1)),
    [
      { what: 'kb/.cache', reason: 'hidden', files: 2 },
      { what: 'kb/more/.github', reason: 'hidden', files: 1 },
    ],
  )
})

t.test('a page that consists of included files that cannot be read is named and not stored', async t => {
  const { report, text } = await run(t, {
    'site/kb/a.md': '---\ntitle: Changes\n---\n\n# Changes\n\n--8<-- "CHANGES.md"\n',
    'site/kb/b.rst': '.. _changes:\n\n=======\nChanges\n=======\n\n.. include:: ../CHANGES.rst\n',
    'site/kb/c.md': '{% include-markdown "../../x.md" %}\n',
    'site/kb/d.md': '# Changes\n\nSee below.\n\n--8<-- "CHANGES.md"\n',
    'site/kb/e.md': '# Only a title\n',
  })
  const unfilled = ['kb/a.md', 'kb/b.rst', 'kb/c.md'].map(what => ({ what, reason: 'unfilled', files: 1 }) as const)
  t.same(report.skipped, [...unfilled, { what: 'kb/d.md: CHANGES.md', reason: 'include', files: 1 }])
  t.match(report, { added: 2, failed: [] })
  t.equal(await text('kb/d.md'), 'See below.')
})

t.test('a page includes another one, or the part between two texts', async t => {
  const { text, report } = await run(t, {
    'site/README.md':
      '---\na: b\n---\n\nFirst.\n\n<!--start-->\n\nTea *is* hot.\n\n{% include-markdown "kb/more.md" %}\n<!--end-->\nLast.',
    'site/kb/more.md': 'More tea.',
    'site/kb/a.md': '# A\n\n{%\n  include-markdown "../README.md"\n  start="<!--start-->"\n  end=\'<!--end-->\'\n%}\n\nAfter.\n',
    'site/kb/self.md': 'Text.\n\n{% include-markdown "self.md" %}\n\n{% include-markdown "missing.md" %}\n',
  })
  t.equal(await text('kb/a.md'), 'Tea is hot.\n\nMore tea.\n\nAfter.')
  t.match(await text('kb/self.md'), /^Text\.\n\nText\./)
  t.same(report.skipped, [{ what: 'kb/self.md: missing.md', reason: 'include', files: 1 }])
})

t.test('a part of a reStructuredText file is included, also of the file itself', async t => {
  const { text } = await run(t, {
    'site/kb/a.rst': `Hot.\n\n.. steep-starts\n\nSteep it.\n\n.. steep-ends\n\nCold.\n\n.. include:: a.rst
    :start-after: steep-starts
    :end-before: steep-ends\n\nEnd.\n`,
    'site/kb/b.rst': '.. literalinclude:: x.py\n   :start-after: # begin\n   :end-before: # end\n',
    'site/kb/x.py': 'import tea\n# begin: x\nbrew()\n# end\nclean()\n',
  })
  t.equal(await text('kb/a.rst'), 'Hot.\n\nSteep it.\n\nCold.\n\nSteep it.\n\nEnd.')
  t.equal(await text('kb/b.rst'), '```python\nbrew()\n```')
})

t.test('an included file may include others, relative to itself or to the page', async t => {
  const { report, text } = await run(t, {
    'site/kb/a.rst': 'Hot.\n\n.. include:: parts/b.inc\n',
    'site/kb/parts/b.inc': '.. include:: more/c.inc\n\nOf b.\n\n.. include:: parts/more/d.inc\n\n.. include:: b.inc\n',
    'site/kb/parts/more/c.inc': 'Of c.\n\n.. include:: ../../a.rst\n',
    'site/kb/parts/more/d.inc': 'Of d.\n\n.. include:: missing.inc\n\n::\n\n    .. include:: example.inc\n',
    'site/kb/b.rst': 'Only.\n\n.. include:: b.rst\n\n.. include:: <isonum.txt>\n\n.. literalinclude:: ../../x.py\n',
  })
  const d = 'Of d.\n\n```\n.. include:: example.inc\n```'
  t.equal(await text('kb/a.rst'), `Hot.\n\nOf c.\n\nOf b.\n\n${d}`)
  t.equal(await text('kb/b.rst'), 'Only.')
  t.same(
    report.skipped.filter(({ reason }) => reason === 'include'),
    [
      { what: 'kb/a.rst: missing.inc', reason: 'include', files: 1 },
      { what: 'kb/b.rst: ../../x.py', reason: 'include', files: 1 },
    ],
  )
})

t.test('files that include each other many times do not exceed the bounds', async t => {
  const twice = (name: string) => `Text of a file.\n\n${`.. include:: ${name}\n\n`.repeat(30)}`
  const { report, store } = await run(t, {
    'site/kb/a.rst': twice('b.inc'),
    'site/kb/b.inc': twice('c.inc'),
    'site/kb/c.inc': twice('d.inc'),
    'site/kb/d.inc': 'x '.repeat(90_000),
  })
  t.equal(report.added, 1)
  t.ok((await store.findMany(['kb/a.rst'])).length === 1)
  t.match(report.skipped.at(-1), { reason: 'include' })
})

t.test('a file included as it is becomes code', async t => {
  const { text } = await run(t, {
    'site/kb/a.rst': 'See:\n\n.. include:: x.txt\n    :literal:\n\n.. include:: x.txt\n   :code: sh\n\nAfter.\n',
    'site/kb/x.txt': 'Title\n=====\n\n* not a list\n\n.. include:: a.rst\n',
  })
  const code = 'Title\n=====\n\n* not a list\n\n.. include:: a.rst\n```'
  t.equal(await text('kb/a.rst'), `See:\n\n\`\`\`\n${code}\n\n\`\`\`sh\n${code}\n\nAfter.`)
})

t.test('references of reStructuredText show the titles of other documents', async t => {
  const { text } = await run(t, {
    'site/kb/a.rst': 'See :ref:`cups` and :doc:`more/b` and :doc:`/more/b`.\n',
    'site/kb/grid.rst':
      '+-------+-------------+\n| Size  | See         |\n+=======+=============+\n| small | :ref:`cups` |\n+-------+-------------+\n| big   | :doc:`m/b`  |\n+-------+-------------+\n| last  | x           |\n+-------+-------------+\n',
    'site/kb/m/b.rst': 'All cups\n========\n\nText.\n',
    'site/kb/more/b.rst': '.. _cups:\n\nAll *cups*\n==========\n\nText.\n',
  })
  t.equal(await text('kb/a.rst'), 'See All cups and All cups and All cups.')
  t.equal(await text('kb/grid.rst'), '| Size | See |\n| --- | --- |\n| small | All cups |\n| big | All cups |\n| last | x |')
})

t.test('a document of a part of a page is removed when the folder around it is ingested with pruning', async t => {
  const { store } = await run(t, { 'site/kb/a.md': 'A page.', 'site/kb/_b.md': 'A part.' })
  const options = { store, now: () => 0, cwd: join(t.testdirName, 'site') }
  t.equal((await ingest(['kb/_b.md'], { ...options, prune: false })).added, 1)
  t.equal((await ingest(['kb'], { ...options, prune: false })).removed, 0)
  t.equal((await ingest(['kb', 'kb/_b.md'], { ...options, prune: true })).removed, 0)
  t.equal((await ingest(['kb'], { ...options, prune: true })).removed, 1)
})

t.test('the pages of a displayed toctree are parts of its section', async t => {
  const { store, text } = await run(t, {
    'site/kb/index.rst':
      'Teas\n====\n\nThere are several sorts of tea, each of which has a page of its own.\n\n.. toctree::\n   :maxdepth: 1\n\n   green\n   Dark <black>\n   missing\n',
    'site/kb/green.rst': 'Green tea\n=========\n\nMild.\n',
    'site/kb/black.rst': 'Black tea\n=========\n\nStrong.\n\n.. toctree::\n   :hidden:\n\n   green\n   index\n',
  })
  const [page, hidden] = await store.passages(['index', 'black'].map(name => ({ documentId: `kb/${name}.rst`, ordinal: 0 })))
  t.same(page?.listing, { of: 'parts', names: ['Green tea', 'Dark'] })
  t.notMatch(await text('kb/index.rst'), 'Green')
  t.equal(hidden?.listing, undefined)
})
