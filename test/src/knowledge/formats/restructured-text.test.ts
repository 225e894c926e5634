import t from 'tap'
import { LONG, readPage, textOf } from './read-page.ts'

const rst = (text: string) => textOf('rst', text)

t.test('code keeps its language wherever it is indented', async t => {
  t.equal(await rst('Run:\n\n.. code-block:: sh\n   :caption: run.sh\n\n   go\n'), 'Run:\n\nrun.sh:\n\n```sh\ngo\n```')
  t.equal(await rst('Run:\n\n  .. code-block:: sh\n\n     go\n\nAfter.\n'), 'Run:\n\n```sh\ngo\n```\n\nAfter.')
  t.equal(await rst('1. Run:\n\n  .. code-block:: sh\n\n        go\n\n2. Stop.\n'), '1. Run:\n\n```sh\ngo\n```\n\n2. Stop.')
  t.equal(await rst('.. note::\n\n   Run:\n\n    .. code-block:: sh\n\n       go\n'), 'Note: Run:\n\n```sh\ngo\n```')
  t.equal(await rst('Example::\n\n  .. code-block:: sh\n\n     go\n'), 'Example:\n\n```\n.. code-block:: sh\n\n   go\n```')
})

t.test('an option, function or setting is a section below its own name', async t => {
  const page = await readPage(
    'rst',
    `Manual
======

${LONG}

.. option:: --out <file>, -o <file>

   ${LONG}

.. py:function:: brew(minutes)
   :noindex:

   ${LONG}

   :param int minutes: how long
   :returns: tea

.. confval:: strength

   ${LONG}

Term
   Its definition.

End.
`,
  )
  t.same(
    page.passages.map(({ headings, location, text }) => [headings, location, text]),
    [
      [[], 'page', LONG],
      [['--out <file>, -o <file>'], 'page#cmdoption-out', LONG],
      [['brew(minutes)'], 'page#brew', `${LONG}\n\n- minutes: how long\n- returns: tea`],
      [['strength'], 'page#confval-strength', `${LONG}\n\n- **Term**: Its definition.\n\nEnd.`],
    ],
  )
})

t.test('the facts of an entry are shown below its name, even if it has no text', async t => {
  const page = await readPage(
    'rst',
    `.. confval:: strength
   :type: \`\`bool\`\` or :class:\`int\`
   :default: \`\`True\`\`
   :noindex:

   ${LONG}

.. app:setting:: volume
   :type: the amount of water that is brewed at once, in litres
   :default: 3
`,
  )
  t.same(
    page.passages.map(({ headings, text }) => [headings, text]),
    [
      [['strength'], `- Type: bool or int\n- Default: True\n\n${LONG}`],
      [['volume'], '- Type: the amount of water that is brewed at once, in litres\n- Default: 3'],
    ],
  )
})

t.test('each term of a glossary is an entry with its definition', async t => {
  const page = await readPage(
    'rst',
    `Glossary
========

.. glossary::
   :sorted:

   mug
   big cup : key
     ${LONG}

     More about :term:\`mug\`.

   .. comment

   kettle
        ${LONG}

After.

Term
    Its definition.
`,
  )
  t.same(
    page.passages.map(({ headings, location, text }) => [headings, location, text]),
    [
      [['mug, big cup'], 'page#term-mug', `${LONG}\n\nMore about mug.`],
      [['kettle'], 'page#term-kettle', `${LONG}\n\nAfter.\n\n- **Term**: Its definition.`],
    ],
  )
})

t.test('keywords are one paragraph, and content for other formats is not shown', async t => {
  const fields = ':keywords: tea, pot\n\nDoc\n===\n\n.. meta::\n   :keywords: cup,\n     mug\n\n.. tags:: a, b\n\n'
  const only = '.. only:: latex or man\n\n   Print.\n\n.. only:: html\n\n   Screen.\n'
  t.equal(await rst(fields + only), 'Keywords: tea, pot\n\nKeywords: cup, mug\n\nKeywords: a, b\n\nScreen.')
})

t.test('all kinds of tables keep their header', async t => {
  const shown = '| Name | Size |\n| --- | --- |\n| Mug | 300 |'
  t.equal(await rst('====  ====\nName  Size\n====  ====\nMug   300\n====  ====\n'), shown)
  t.equal(await rst('+------+------+\n| Name | Size |\n+======+======+\n| Mug  | 300  |\n+------+------+\n'), shown)
  t.equal(await rst('.. csv-table::\n   :header: "Name", "Size"\n\n   "Mug", 300\n'), shown)
  t.equal(await rst('.. list-table::\n   :header-rows: 1\n\n   * - Name\n     - Size\n   * - Mug\n     - 300\n'), shown)
})

t.test('references show the title of their target, and substitutions their text', async t => {
  const page = await rst(
    '.. |name| replace:: Tea\n\n.. _pots:\n\nAll pots\n========\n\nSee :ref:`pots`, :ref:`the cups <cups>`, :doc:`/guide/getting-started` and |name|.\n',
  )
  t.equal(page, 'See All pots, the cups, getting started and Tea.')
})

t.test('remarks and versions begin with their kind, and items are numbered', async t => {
  t.equal(await rst('.. warning:: Hot\n   tea.\n'), 'Warning: Hot tea.')
  t.equal(await rst('.. versionadded:: 2.0\n   The lid.\n'), 'New in version 2.0: The lid.')
  t.equal(await rst('.. tab:: Linux\n\n   Do it.\n'), 'Linux:\n\nDo it.')
  t.equal(await rst('#. one\n#. two\n'), '1. one\n2. two')
})

t.test('a document with two targets of the same name is read', async t => {
  t.equal(await rst('.. _a:\n.. _A:\n\nText.\n\n.. _a:\n\nMore.\n'), 'Text.\n\nMore.')
})

t.test('a long name behind a colon that begins no role is text', async t => {
  const name = 'an_unusually_long_name_of_a_setting'
  t.equal(await rst(`Set :${name} or :class:${name}.\n`), `Set :${name} or :class:${name}.`)
  t.equal(
    await rst(`Set :class:\`${name}\`, or run::\n\n   puts :${name}\n`),
    `Set ${name}, or run:\n\n\`\`\`\nputs :${name}\n\`\`\``,
  )
})

t.test('a long name behind a colon does not widen the column of a table', async t => {
  const table =
    '+----------------------+---+\n| A                    | B |\n+======================+===+\n| :before_validation_x | 1 |\n+----------------------+---+\n'
  t.equal(await rst(table), '| A | B |\n| --- | --- |\n| :before_validation_x | 1 |')
})

t.test('two directives of the same name are read', async t => {
  const brew = `.. js:function:: brew(x)\n\n   ${LONG}\n`
  t.equal((await readPage('rst', `${brew}\n${brew}`)).passages.length, 2)
})

t.test('two colons at the end of a remark announce code', async t => {
  t.equal(await rst('.. note::\n\n   Run this::\n\n     go\n'), 'Note: Run this:\n\n```\ngo\n```')
  t.equal(await rst('.. versionadded:: 1.0\n   Run this::\n\n     go\n'), 'New in version 1.0: Run this:\n\n```\ngo\n```')
})

t.test('an item that begins with an option is no list of options', async t => {
  t.equal(
    await rst('- docs\n- --one-file-system: add notes\n- --foo is new\n- a\n'),
    '- docs\n- --one-file-system: add notes\n- --foo is new\n- a',
  )
  t.equal(await rst('--foo: is a new option.\n'), '--foo: is a new option.')
  t.equal(await rst('-a, --all  All of it.\n--out=FILE  Where.\n'), '- **-a, --all**: All of it.\n- **--out=FILE**: Where.')
})

t.test('an indented target is not shown', async t => {
  t.equal(await rst('See `tea`_.\n\n   .. _tea: https://x.example\n   .. _tea: https://y.example\n'), 'See tea.')
})

t.test('code in directives of extensions is kept, whatever its indentation', async t => {
  const page = `Cups
====

Draw them:

.. plot::
   :include-source:

    >>> draw()

.. doctest-requires:: numpy

    >>> count()

**Sizes**
::

  small = 1

Use |brew|_ or the lid.

.. |brew| replace:: \`\`brew()\`\`
.. _brew: https://x.example
`
  t.equal(
    await textOf('rst', page),
    'Draw them:\n\n```\n>>> draw()\n```\n\n```pycon\n>>> count()\n```\n\nSizes\n\n```\nsmall = 1\n```\n\nUse brew() or the lid.',
  )
})

t.test('a directive that only marks a place for the index is not shown', async t => {
  const page = '.. setting:: LID_SIZE\n\nLids\n====\n\nA lid.\n\n.. signal:: brewed\n\nEnd.\n'
  t.equal(await rst(page), 'A lid.\n\nEnd.')
  t.equal(await rst('.. function:: brew()\n\nText.\n'), 'brew()\n\nText.')
  t.equal(await rst('.. todo:: Describe the lid.\n'), 'Describe the lid.')
})

t.test('a list is a list wherever it is indented', async t => {
  t.equal(await rst('You can:\n\n * pour tea\n * drink it\n\nEnjoy.\n'), 'You can:\n\n- pour tea\n- drink it\n\nEnjoy.')
  t.equal(await rst('- You can:\n\n    #. pour\n    #. drink\n\n- Enjoy.\n'), '- You can:\n  1. pour\n  2. drink\n- Enjoy.')
  t.equal(await rst('Run::\n\n * pour\n * drink\n'), 'Run:\n\n```\n* pour\n* drink\n```')
})

t.test('a numbered list that code interrupts keeps its numbers', async t => {
  t.equal(
    await rst('1. Run:\n\n.. code-block:: sh\n\n   go\n\n2. Stop.\n3. Rest.\n'),
    '1. Run:\n\n```sh\ngo\n```\n\n2. Stop.\n3. Rest.',
  )
})

t.test('issues are shown with their sign, and names without the dot that searches all modules', async t => {
  t.equal(
    await rst(
      'See :gh:`2680`, :issue:`12`, :rfc:`2822`, :attr:`.Cup.lid`, :class:`~.Cup`, :file:`.teapot` and H\\ :sub:`2`\\ O.\n',
    ),
    'See #2680, #12, RFC 2822, Cup.lid, Cup, .teapot and H2O.',
  )
})
