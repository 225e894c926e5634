import t from 'tap'
import { textOf } from './read-page.ts'

const rst = (text: string) => textOf('rst', text)

t.test('code is kept as written under all names of its directive, and not parsed', async t => {
  const code = '    {% if tea %}\n        <p>hot\n    {% endif %}\n\n    term\n        more\n'
  const shown = '{% if tea %}\n    <p>hot\n{% endif %}\n\nterm\n    more\n'
  for (const name of ['code', 'code-block', 'sourcecode'])
    t.equal(await rst(`.. ${name}:: jinja\n\n${code}`), `\`\`\`jinja\n${shown}\`\`\``, name)
  t.equal(await rst('.. sourcecode:: sh\n   go\n     on\n'), '```sh\ngo\n  on\n```', 'without an empty line')
  t.equal(await rst('1. .. code:: sh\n\n      go\n\n2. Stop.\n'), '1.\n\n```sh\ngo\n```\n\n2. Stop.', 'in a list')
  t.equal(await rst('- .. sourcecode:: sh\n     :linenos:\n\n     go\n'), '```sh\ngo\n```', 'in a list')
  t.equal(
    await rst('.. |v| replace:: 2\n\n.. parsed-literal::\n\n   **brew** :ref:`tea <x>` |v|\n     *now*\n'),
    '```\nbrew tea 2\n  now\n```',
  )
})

t.test('options of code are not code, in any order', async t => {
  const options = [
    ':emphasize-lines: 1,\n        3',
    ':caption: tea.py',
    ':linenos:',
    ':name: a-very-long-name-of-tea',
    ':dedent: 2',
  ]
  for (const order of [options, options.toReversed(), options.slice(0, 1)]) {
    const shown = `${order.length > 1 ? 'tea.py:\n\n' : ''}\`\`\`py\nbrew()\n\`\`\``
    for (const indent of ['', '  ', '- '])
      t.equal(
        (await rst(`${indent}.. code-block:: py\n${order.map(option => `     ${option}\n`).join('')}\n     brew()\n`)).trim(),
        shown,
        indent + order[0],
      )
  }
  const name = 'a'.repeat(500)
  t.match(await rst(`- .. note:: Tea\n     :${name}: :${name}\n\n     Brew.\n`), 'Tea', 'a long name takes no long time')
})

t.test('the content of an unknown directive is shown', async t => {
  const page = '.. steep::\n   :minutes: 3\n\n   Pour:\n\n     quoted\n\n   - one\n   - two\n\n.. digraph:: cups\n\n   a -> b\n'
  t.equal(await rst(page), 'Pour:\n\nquoted\n\n- one\n- two\n\n```\na -> b\n```')
  t.equal(await rst('.. autoclass:: Pot\n   :members:\n\n.. autofunction:: brew\n\n   Brews tea.\n'), '- **brew**: Brews tea.')
})

t.test('the label of a tab or card precedes its content, without markup', async t => {
  t.equal(await rst('.. tab:: :octicon:`x` ``brew`` (*Linux*)\n\n   Do it.\n'), 'brew (Linux):\n\nDo it.')
  const tabs =
    '.. tabs::\n\n   .. group-tab:: Mac\n\n      A.\n\n   .. code-tab:: py In Python\n\n        go()\n\n   .. code-tab:: c\n\n        go();\n'
  t.equal(await rst(tabs), 'Mac:\n\nA.\n\nIn Python:\n\n```py\ngo()\n```\n\nc:\n\n```c\ngo();\n```')
  const grid =
    '.. grid:: 2\n\n   .. grid-item-card:: Tea\n\n      Hot\n      ^^^\n      Drink it.\n      +++\n      End\n\n.. dropdown:: More\n   :open:\n\n   Milk.\n'
  t.equal(await rst(grid), 'Tea:\n\nHot\n\nDrink it.\n\nEnd\n\nMore:\n\nMilk.')
})

t.test('footnotes are shown once, at the end of the section that refers to them', async t => {
  const page = `Tea
===

Green [#]_, black [2]_ [#b]_.

Cups
----

A cup [#b]_, see [ISO]_ [*]_.

.. rubric:: Footnotes

.. [#] Not oxidized.
.. [#b] Oxidized.
.. [2] Strong.
.. [*] A star.
.. [7] No one refers to it.
.. [ISO] Standard 3103.
`
  t.equal(
    await rst(page),
    'Green, black.\n\nNot oxidized.\n\nStrong.\n\nOxidized.\n\nA cup, see [ISO].\n\nNo one refers to it.\n\n[ISO] Standard 3103.\n\nA star.',
  )
})

t.test('definitions and quotes may be indented by different numbers of spaces', async t => {
  const page =
    'cup\n  Small.\n\n  .. note:: Hot.\n\npot\n     Large.\n\n``**lids``\n   Not hot.\n\nEnd:\n\n   quoted\n\n       .. note:: Deep.\n'
  t.equal(await rst(page), 'Small.\n\nNote: Hot.\n\n- **pot**: Large.\n- **lids: Not hot.\n\nEnd:\n\nquoted\n\nNote: Deep.')
})

t.test('lists and wrapped lines that are not separated from an item belong to it', async t => {
  t.equal(
    await rst('- pour:\n    - tea\n    - milk\n- a long\n     item\n- ``term``\n     Text.\n'),
    '- pour:\n  - tea\n  - milk\n- a long item\n\n- **term**: Text.',
  )
})

t.test('markup that the parser reads differently from docutils is shown as text', async t => {
  t.equal(await rst('``brew``’s :git_hub:`tea` in `~/.teapot`, :class:`~a.Cup`.\n'), 'brew’s tea in ~/.teapot, Cup.')
  t.equal(await rst('::\n\n  ``brew``’s :git_hub:`tea`\n'), '```\n``brew``’s :git_hub:`tea`\n```')
})

t.test('empty cells and code in cells are kept', async t => {
  const list =
    '.. list-table::\n   :header-rows: 1\n\n   * - Cup\n       size\n     -\n     - Lid of\n       cups\n   * -\n     - for\n     - .. code:: sh\n\n          brew\n'
  t.equal(await rst(list), '| Cup size |  | Lid of cups |\n| --- | --- | --- |\n|  | for | brew |')
  const grid = `
+------------------+------+
| Code             | Use  |
+==================+======+
| .. code:: sh     | hot  |
|                  |      |
|   brew tea       |      |
|                  +------+
|                  | cold |
+------------------+------+
`
  t.equal(await rst(grid), '| Code | Use |\n| --- | --- |\n| brew tea | hot |\n| brew tea | cold |')
})
