import { registerHooks } from 'node:module'
import t from 'tap'
import { LONG, readPage, textOf } from './read-page.ts'

const BLOCK = `Some *plain* text and :meth:\`~tea.Pot.brew()\`.

.. code-block:: python

    brew("tea")

.. note:: Mind the :ref:\`pot <pots>\`.

.. option:: --hot

   Keeps the tea hot.`
const SHOWN = `Some plain text and brew().

\`\`\`python
brew("tea")
\`\`\`

Note: Mind the pot.

- **--hot**: Keeps the tea hot.`

t.test('a page that only names the directive does not load the parser of reStructuredText', async t => {
  const loaded: string[] = []
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      loaded.push(specifier)
      return next(specifier, context)
    },
  })
  t.teardown(() => hooks.deregister())
  await textOf('markdown', 'Write `{eval-rst}` after the marks.')
  t.notOk(loaded.includes('rst-compiler'))
  await textOf('markdown', '```{eval-rst}\nTea.\n```')
  t.ok(loaded.includes('rst-compiler'))
})

t.test('reStructuredText in a page of MyST is shown as in a page of its own', async t => {
  t.equal(await textOf('rst', BLOCK), SHOWN)
  for (const [begin, end] of [
    ['```{eval-rst}', '```'],
    ['~~~~{eval-rst}', '~~~~'],
    [':::{eval-rst}', ':::'],
  ])
    t.equal(
      await textOf('markdown', `Before.\n\n${begin}\n${BLOCK}\n${end}\n\nAfter **it**.`),
      `Before.\n\n${SHOWN}\n\nAfter it.`,
    )
  const nested =
    '::::{note}\nBefore.\n\n:::{eval-rst}\nSome *text*.\n:::\n::::\n\n1. One:\n\n   ```{eval-rst}\n   *Two*.\n   ```\n'
  t.equal(await textOf('markdown', nested), 'Note: Before.\n\nSome text.\n\n1. One:\n\nTwo.')
  const example = '````md\n```{eval-rst}\n*Two*\n```\n````'
  t.equal(await textOf('markdown', example), example)
  t.equal(await textOf('markdown', ':::\n\n```sh\n:::{eval-rst}\n```\n\nAfter.'), '```sh\n:::{eval-rst}\n```\n\nAfter.')
})

t.test('headings of reStructuredText are below the heading around it', async t => {
  const rst = `Steep\n-----\n\n${LONG}\n\nCool\n~~~~\n\n${LONG}`
  const page = `# Tea\n\n${LONG}\n\n## Brew\n\n${LONG}\n\n\`\`\`{eval-rst}\n${rst}\n\`\`\`\n\n## Drink\n\n${LONG}\n\n## Steep\n\n${LONG}`
  const { passages } = await readPage('markdown', page)
  t.strictSame(
    passages.map(({ headings, location }) => [headings.join(' › '), location]),
    [
      ['', 'page'],
      ['Brew', 'page#brew'],
      ['Brew › Steep', 'page#steep'],
      ['Brew › Steep › Cool', 'page#cool'],
      ['Drink', 'page#drink'],
      ['Steep', 'page#steep-1'],
    ],
  )
})

t.test('the content of an unknown directive is code if it begins like code', async t => {
  const bodies: readonly (readonly [string, string])[] = [
    ['@tea.command()\ndef brew():\n    """Brews *tea*."""\n\n    pour()', 'python'],
    ['from tea import pot\n\npot.brew()', 'python'],
    ["invoke(brew, args=['--hot'])\nprintln()", ''],
    ['$ brew --hot', ''],
    ['{"tea": *hot*}', ''],
  ]
  for (const [body, language] of bodies) {
    const rst = `.. tea:example::\n\n${body.replace(/^(?=.)/gm, '    ')}\n\nAfter.`
    for (const text of [rst, rst.replace('::\n\n', '::\n'), rst.replace('::\n\n', '::\n    :hide:\n\n')])
      t.equal(await textOf('rst', text), `\`\`\`${language}\n${body}\n\`\`\`\n\nAfter.`)
  }
  for (const body of ['Brew (see *below*).', 'For each cup:', 'From here on, brew.', 'If it is hot, wait:', 'While'])
    t.equal(await textOf('rst', `.. tea:remark::\n\n    ${body}`), body.replaceAll('*', ''))
  const example = '.. code-block:: rst\n\n   .. tea:example::\n\n      import tea'
  t.equal(await textOf('rst', example), '```rst\n.. tea:example::\n\n   import tea\n```')
})

t.test('a role with a tilde shows the last name, and one with an exclamation mark the whole name', async t => {
  const roles: readonly (readonly [string, string])[] = [
    [':meth:`~tea.Pot.brew()`', 'brew()'],
    [':meth:`~tea.Pot.brew(cup.size)`', 'brew(cup.size)'],
    [':py:class:`~tea.Pot`', 'Pot'],
    [':cpp:func:`~tea::brew`', 'brew'],
    [':func:`!tea.brew()`', 'tea.brew()'],
    [':file:`~/tea.conf`', '~/tea.conf'],
  ]
  for (const [written, shown] of roles) t.equal(await textOf('rst', `See ${written}.`), `See ${shown}.`)
})
