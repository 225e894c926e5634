import t from 'tap'
import { ingestFiles } from './ingest-files.ts'

t.test('directives of MyST include text and code', async t => {
  const { report, text } = await ingestFiles(t, {
    'site/kb/a.md':
      'Read:\n\n```{include} sub/frag.inc\n```\n\n:::{include} sub/frag.inc\n:start-after: <!--a-->\n\n:::\n\nEnd.\n',
    'site/kb/sub/frag.inc': '---\ntitle: x\n---\nTea *is* hot.\n\n<!--a-->\n\n```{literalinclude} x.py\n:lines: 1\n```\n',
    'site/kb/sub/x.py': 'x = 1\ny = 2\n# end\nz = 3\n',
    'site/kb/b.md':
      '```{literalinclude} sub/x.py\n---\nend-before: "# end"\nlanguage: py\n---\n```\n\n~~~{literalinclude} sub/x.py\n:start-at: z\n:caption: Sizes\n:emphasize-lines: 1\n~~~\n',
    'site/kb/c.md': '````{note}\n```{include} sub/x.py\n:code: python\n:end-line: 1\n```\n````\n',
    'site/kb/d.md': 'Write:\n\n````md\n```{include} sub/frag.inc\n```\n````\n\n```{toctree}\na\n```\n',
    'site/kb/e.md': 'Text.\n\n```{include} gone.md\n```\n\n```{literalinclude} gone.py\n:lines: 1\n```\n',
  })
  t.equal(await text('kb/a.md'), 'Read:\n\nTea is hot.\n\n```python\nx = 1\n```\n\n```python\nx = 1\n```\n\nEnd.')
  t.equal(await text('kb/b.md'), '```py\nx = 1\ny = 2\n```\n\nSizes:\n\n```python\nz = 3\n```')
  t.equal(await text('kb/c.md'), 'Note:\n\n```python\nx = 1\n```')
  t.equal(await text('kb/d.md'), 'Write:\n\n````md\n```{include} sub/frag.inc\n```\n````', 'an example is not changed')
  t.equal(await text('kb/e.md'), 'Text.')
  const includes = report.skipped.filter(({ reason }) => reason === 'include')
  t.same(includes, [{ what: 'kb/e.md: gone.md', reason: 'include', files: 2 }])
})

t.test('options of MyST may be in quotes', async t => {
  const { text } = await ingestFiles(t, {
    'site/kb/x.py': '# begin\nx = "1"\n# end\n"x" or "y"\nz = \'2\'\n',
    'site/kb/a.md': '```{literalinclude} x.py\n:start-after: "# begin"\n:end-before: \'# end\'\n:caption: "A \\"size\\""\n```\n',
    'site/kb/b.md': "```{literalinclude} x.py\n---\nstart-at: 'z = ''2'\nlanguage: \"py\"\n---\n```\n",
    'site/kb/c.md': '```{include} x.py\n:code: "python"\n:start-at: "x" or "y"\n:end-line: "4"\n```\n',
  })
  t.equal(await text('kb/a.md'), 'A \'size\':\n\n```python\nx = "1"\n```')
  t.equal(await text('kb/b.md'), "```py\nz = '2'\n```")
  t.equal(await text('kb/c.md'), '```python\n"x" or "y"\n```')
})

t.test('a line such as `@include file.md` shows that file, also from a hidden folder', async t => {
  const { report, text } = await ingestFiles(t, {
    'site/kb/a.md': 'Errors:\n\n@include .generated/errors.md\n\n@include ../gone.md\n\n```md\n@include gone.md\n```\n',
    'site/kb/.generated/errors.md': '<!-- generated -->\n\nTea *is* cold.\n\n@include more.md\n',
    'site/kb/.generated/more.md': 'More.',
    'site/kb/b.md': '# Errors\n\n@include .generated/gone.md\n',
    'site/kb/c.md': 'Write @include x.md or\n\n`@include x.md`. Ask\n@include the team\n',
  })
  t.equal(await text('kb/a.md'), 'Errors:\n\nTea is cold.\n\nMore.\n\n```md\n@include gone.md\n```')
  t.equal(await text('kb/c.md'), 'Write @include x.md or\n\n@include x.md. Ask @include the team')
  t.same(report.skipped, [
    { what: 'kb/.generated', reason: 'hidden', files: 2 },
    { what: 'kb/a.md: ../gone.md', reason: 'include', files: 1 },
    { what: 'kb/b.md', reason: 'unfilled', files: 1 },
  ])
})

t.test('a page whose included files cannot be read is reported, but not for its examples', async t => {
  const { report } = await ingestFiles(t, {
    'site/kb/a.md': 'Text.\n\n=== "Tea"\n\n    --8<-- "missing.md"\n',
    'site/kb/b.md': 'Text.\n\n<<< @/missing.ts#region{2}\n',
    'site/kb/c.md': 'Text.\n\n{* missing.py ln[1:2] *}\n',
    'site/kb/d.md': 'Text.\n\n```py title="x"\n--8<-- "missing.py:tea"\n```\n',
    'site/kb/e.md':
      'Text.\n\n```md\n--8<-- "missing.md"\n<<< @/missing.ts\n{* missing *}\n{% include-markdown "missing.md" %}\n```\n',
  })
  t.same(
    report.skipped.filter(({ reason }) => reason === 'include').map(({ what, reason }) => `${reason} ${what}`),
    [
      'include kb/a.md: missing.md',
      'include kb/b.md: @/missing.ts#region{2}',
      'include kb/c.md: missing.py',
      'include kb/d.md: missing.py:tea',
    ],
  )
})

t.test('only the lines that a page names are included', async t => {
  const { text } = await ingestFiles(t, {
    'site/kb/x.py': 'a\nb\nc\nd\ne\nf\n',
    'site/kb/a.md': '{* x.py ln[3:4] hl[4] *}\n',
    'site/kb/b.md': '{* x.py hl[2] ln[1:2,3,5:] *}\n',
    'site/kb/c.md': '{* x.py hl[2,4] *}\n',
  })
  t.equal(await text('kb/a.md'), '```python\nc\nd\n```')
  t.equal(await text('kb/b.md'), '```python\na\nb\nc\n…\ne\nf\n```')
  t.equal(await text('kb/c.md'), '```python\na\nb\nc\nd\ne\nf\n```')
})

t.test('code that is included in reStructuredText has its caption', async t => {
  const { text } = await ingestFiles(t, {
    'site/kb/x.py': 'a\nb\n',
    'site/kb/a.rst': '.. literalinclude:: x.py\n   :emphasize-lines: 1\n   :caption: Brew it\n   :lines: 2\n\nAfter.\n',
  })
  t.equal(await text('kb/a.rst'), 'Brew it:\n\n```python\nb\n```\n\nAfter.')
})

t.test('references of MyST show the titles of their targets in other pages', async t => {
  const { text } = await ingestFiles(t, {
    'site/kb/a.md':
      'See {ref}`tea-target`, {doc}`more/b`, {doc}`/more/c`, [](more/b.md), [](#tea-target), {ref}`old` and {doc}`Cups <more/b>`.\n',
    'site/kb/more/b.md': '# All *cups*\n\nText.\n\n(tea-target)=\n## Sorts of tea\n\nMany.\n\nBack to {doc}`/a`.\n',
    'site/kb/more/c.md': '---\ntitle: Pots\n---\n\nText.\n',
    'site/kb/more/d.rst': '.. _old:\n\nOld teas\n========\n\nText. See :doc:`b` and :ref:`tea-target`.\n',
  })
  t.equal(await text('kb/a.md'), 'See Sorts of tea, All cups, Pots, All cups, Sorts of tea, Old teas and Cups.')
  t.equal(await text('kb/more/d.rst'), 'Text. See All cups and Sorts of tea.')
})

t.test('reStructuredText in a page of MyST includes files and shows titles of other pages', async t => {
  const block = '.. include:: ../changes.rst\n\nSee :ref:`pots` and :doc:`cups`.\n\n.. include:: none.rst'
  const example = '````md\n```{eval-rst}\n.. include:: ../changes.rst\n```\n````'
  const { report, text } = await ingestFiles(t, {
    'site/kb/a.md': `# Tea\n\n\`\`\`{eval-rst}\n${block}\n\`\`\`\n\n- One\n\n  :::{eval-rst}\n  See :doc:\`cups\`.\n  :::\n- Two\n\n${example}`,
    'site/kb/cups.rst': 'All cups\n========\n\nCups.\n\n.. _pots:\n\nAll pots\n--------\n\nPots.',
    'site/changes.rst': 'Tea is *hot* now.',
  })
  const shown = 'Tea is hot now.\n\nSee All pots and All cups.\n\n- One\n\nSee All cups.\n\n- Two'
  t.equal(await text('kb/a.md'), `${shown}\n\n${example}`)
  t.same(report.skipped, [{ what: 'kb/a.md: none.rst', reason: 'include', files: 1 }])
})
