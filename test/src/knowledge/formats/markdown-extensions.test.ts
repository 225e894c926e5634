import t from 'tap'
import { LONG, readPage, textOf } from './read-page.ts'

const markdown = (text: string) => textOf('markdown', text)

t.test('the syntax of MyST is shown as its text', async t => {
  const page = `(brew)=
# Brewing

% a comment
See {ref}\`the
table <cups>\`, {ref}\`brew\`, {doc}\`/guides/cold-tea\`, [](brew) and {term}\`leaf\`; write \`\` {ref}\`x\` \`\`.

\`\`\`{admonition} Mind it
:class: tip
The water is *hot*.
\`\`\`

\`\`\`{code-cell} python
---
tags: [hide]
---
brew(2)
\`\`\`

\`\`\`{list-table} Cups
:header-rows: 1

* - Cup
  - Size
* - Small
  - 100 ml
\`\`\`

+++

\`\`\`{toctree}
other
\`\`\`
`
  const { passages } = await readPage('markdown', page)
  t.equal(
    passages.map(({ text }) => text).join('\n\n'),
    'See the table, Brewing, cold tea, Brewing and leaf; write {ref}`x`.\n\nMind it:\n\nThe water is hot.\n\n' +
      '```python\nbrew(2)\n```\n\n| Cup | Size |\n| --- | --- |\n| Small | 100 ml |',
  )
})

t.test('notes about versions are the same in MyST and reStructuredText', async t => {
  const labels = {
    versionadded: 'New in version',
    versionchanged: 'Changed in version',
    versionremoved: 'Removed in version',
    deprecated: 'Deprecated since version',
  }
  for (const [name, label] of Object.entries(labels)) {
    t.match(await textOf('markdown', `\`\`\`{${name}} 2.0\nUse the *kettle*.\n\`\`\``), `${label} 2.0:`, name)
    t.equal(await textOf('rst', `.. ${name}:: 2.0\n   Use the *kettle*.\n`), `${label} 2.0: Use the kettle.`)
  }
  t.equal(await textOf('markdown', '```{constructor} 2.0\nx\n```'), '```constructor\nx\n```')
})

t.test('placeholders in addresses are kept', async t => {
  const text = 'Open https://<host>:<port>/a/<id>?x=<y> or www.<name>.com'
  for (const format of ['markdown', 'rst', 'text'] as const) t.equal(await textOf(format, `${text}.\n`), `${text}.`, format)
  t.equal(await textOf('html', `<p>${text.replaceAll('<', '&lt;')}`), text)
})

t.test('attributes of elements are not shown, and braces in text are', async t => {
  const written =
    'A note {.wide #top}\n\n![Tea](t.png){width=50%} [Buy](x){: target="_blank"} {cup} `{.a}` and /cups/{id=5}\n\n{.x}'
  t.equal(await markdown(written), 'A note\n\nTea Buy {cup} {.a} and /cups/{id=5}')
})

t.test('tabs of Docsy with code, components of Vue and titles of alerts show their text', async t => {
  t.equal(
    await markdown('{{< tabpane >}}\n{{< tab header="hugo.toml" lang="toml" >}}\na = 1\n# b\n{{< /tab >}}\n{{< /tabpane >}}'),
    'hugo.toml:\n\n```toml\na = 1\n# b\n```',
  )
  t.equal(await markdown('Call `{{%/* alert */%}}` twice.'), 'Call {{% alert %}} twice.')
  t.equal(await markdown('Mix it with <LinkInline link="features/line-marks" /> only.'), 'Mix it with line marks only.')
  t.equal(await markdown('<button class="x"\n  @click="go()">\n\nClear\n\n</button>'), 'Clear')
  t.equal(await markdown('> [!faq]- Is it hot?\n> Yes.'), 'Faq – Is it hot?\n\nYes.')
  t.equal(await markdown('!!! note\n\n    [pot]: https://x.example\n\n    Mind the [Pot][pot].'), 'Note: Mind the Pot.')
})

t.test('a page with a target and a title in its front matter and text has the title once', async t => {
  const page = await readPage(
    'markdown',
    `---\ntitle: Tea\n---\n\n(tea's target)= \n\n# Tea\n\n${LONG}\n\n(b)=\n## Pots\n\n${LONG}`,
  )
  t.same([page.title, ...page.passages.map(({ headings, text }) => [headings, text])], ['Tea', [[], LONG], [['Pots'], LONG]])
})

t.test('a description that the page repeats is shown once', async t => {
  t.equal(await markdown(`---\ndescription: ${LONG}\n---\n\n${LONG}\n`), LONG)
})

t.test('Markdown in the title and description of front matter is shown as its text', async t => {
  const shown: readonly (readonly [string, string])[] = [
    ['Adds [hot *tea*](https://tea.example/a_b) to `brew_all` and **cups**', 'Adds hot tea to brew_all and cups'],
    ['The __init__ method and `*args`', 'The __init__ method and *args'],
    ['<Suspense> &amp; 1. _pots_', '<Suspense> & 1. pots'],
    ['1. Brew', '1. Brew'],
  ]
  for (const [written, text] of shown) {
    const page = await readPage('markdown', `---\ntitle: ${JSON.stringify(written)}\n---\n\n${LONG}`)
    t.equal(page.title, text)
    t.equal(await markdown(`---\ndescription: ${JSON.stringify(written)}\n---\n\n${LONG}`), `${text}\n\n${LONG}`)
  }
})

t.test('definition lists keep their relation, and abbreviations are not shown', async t => {
  t.equal(
    await markdown('Apple\n: A fruit\n  of trees.\n: A company.\n\nPear\n:   Another fruit.\n\n*[HTML]: Hyper Text\n'),
    '- Apple: A fruit of trees. A company.\n- Pear: Another fruit.',
  )
  // As in kramdown, a definition below an empty line is a paragraph.
  const spaced =
    'Options:\n\n`-q`, `--quiet`\n\n: List only\n  names.\n\n: Short.\n\n**Tea**\n\n: A drink.\n\n  Hot.\n\n* Cup\n\n: No meaning.'
  t.equal(
    await markdown(spaced),
    'Options:\n\n- -q, --quiet: List only names. Short.\n- Tea: A drink.\n  Hot.\n\n- Cup\n\n: No meaning.',
  )
})

t.test('the names of common emoji are shown as emoji, except in code and words', async t => {
  t.equal(
    await markdown(
      'Hot :warning: tea, `:x:` and a:x:b.\n\n| Tea | Hot |\n|---|---|\n| Mint | :white_check_mark: |\n| Ice | :x: |',
    ),
    'Hot ⚠️ tea, :x: and a:x:b.\n\n| Tea | Hot |\n| --- | --- |\n| Mint | ✅ |\n| Ice | ❌ |',
  )
  const shown: readonly (readonly [string, string])[] = [
    ['[:octicons-link-16: Docs](x) :fontawesome-brands-git: :sparkles:', 'Docs ✨'],
    [':material-check:{ .green } tea, :octicons-x-12: ice :+1:', '✅ tea, ❌ ice 👍'],
    ['At 10:30:00, `:rocket:`, std::vec::Vec and sqlite :memory: or a:material-x:b.', ''],
  ]
  for (const [written, text] of shown) t.equal(await markdown(written), text || written.replaceAll('`', ''))
})

t.test('each term of a glossary is an entry, with the anchor of its heading', async t => {
  const list = `- **[Matcha](/m)** - ${LONG}\n- **Oolong (WL):** ${LONG}\n\n  More of it.\n- ${LONG}\n`
  const oolong = `${LONG}\n\nMore of it.`
  const read = async (text: string) => (await readPage('markdown', text)).passages
  t.same(
    (await read(`---\ntitle: Tea glossary\n---\n\n${list}`)).map(({ headings, text }) => [headings, text]),
    [
      [['Matcha'], LONG],
      [['Oolong (WL)'], oolong],
      [[], `- ${LONG}`],
    ],
  )
  const page = `# Tea\n\n## Begriffe\n\n${list}\n## Cups\n\n${list}`
  t.same(
    (await read(page)).map(({ headings, location }) => [headings, location]),
    [
      [['Begriffe', 'Matcha'], 'page#begriffe'],
      [['Begriffe', 'Oolong (WL)'], 'page#begriffe'],
      [['Begriffe'], 'page#begriffe'],
      [['Cups'], 'page#cups'],
    ],
  )
})

t.test('references are shown as their text, wherever their target is', async t => {
  const shown: readonly (readonly [string, string])[] = [
    ['Use [`Cup`][] or [the *big*\npot][tea.Pot].', 'Use Cup or the big pot.'],
    ['Read `[a][b]`, cups[i][j], [0][1] and \\[a][b].', 'Read [a][b], cups[i][j], [0][1] and [a][b].'],
    ['Read [this][x] and [that].\n\n[x]: /x\n[that]: /y', 'Read this and that.'],
    ['![Tea][x]\n\n[x]: /x.png', 'Tea'],
    ['Cups:\n\n{{ cups }}\n\nUse {{ it }}.', 'Cups:\n\nUse {{ it }}.'],
  ]
  for (const [written, text] of shown) t.equal(await markdown(written), text)
  for (const part of ['[`', '[a][', '[a', '`[', '[`a`']) t.ok(await readPage('markdown', part.repeat(1000)), part)
})

t.test('lines that stand for the documentation of an object in code are not shown', async t => {
  const options = '\n    :members: cup pot\n\n    options:\n      heading_level: 3\n'
  t.equal(await markdown(`Hot.\n\n::: tea.Cup${options}\nCold.`), 'Hot.\n\nCold.')
  t.equal(await markdown(`- Hot.\n\n  ::: tea.Cup${options}- Cold.`), '- Hot.\n- Cold.')
  t.equal(await markdown('::: note\nHot.\n:::'), 'Note: Hot.')
  t.match(await markdown('```\n::: tea.Cup\n    hot\n```'), '::: tea.Cup\n    hot')
})
