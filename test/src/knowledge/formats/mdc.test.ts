import t from 'tap'
import { readPage, textOf } from './read-page.ts'

const markdown = (text: string) => textOf('markdown', text)

t.test('components of MDC are boxes and text', async t => {
  const shown: readonly (readonly [string, string])[] = [
    ['::note\nMind *it*.\n::\n\nNext.', 'Note: Mind it.\n\nNext.'],
    ['::tip{icon="x" to="/a"}\nMind it.\n::', 'Tip: Mind it.'],
    ['::warning\n---\nicon: x\n---\nMind it.\n::', 'Warning: Mind it.'],
    ['::card-group\n  ::card{title="Pots" to="/p"}\n  All pots.\n  ::\n::', 'Pots:\n\nAll pots.'],
    ['::tabs\n  :::tabs-item{label="Hot"}\n  Boil it.\n  :::\n::', 'Hot:\n\nBoil it.'],
    [
      '::code-group\n```sh [npm]\nnpm i\n```\n\n```ts twoslash [tea.ts]\na\n```\n::',
      'npm:\n\n```sh\nnpm i\n```\n\ntea.ts:\n\n```ts\na\n```',
    ],
    ['Brew :badge[v4.3]{color="info"} now.\n\n:read-more{to="/a"}', 'Brew v4.3 now.'],
    [':video{title="Watch"}\n\nWrite `:a{b="c"}` or a:b{c}.', 'Watch\n\nWrite :a{b="c"} or a:b{c}.'],
    ['::page\n#title\nTea\n\n#default{x="y"}\nHot.\n::', 'Tea\n\nHot.'],
  ]
  for (const [written, text] of shown) t.equal(await markdown(written), text)
})

t.test('colons in other pages and in code are kept', async t => {
  const css = '```css\n::before {\n}\n::\n```'
  t.equal(await markdown(`Use :a{b} and ::x.\n\n${css}`), `Use :a{b} and ::x.\n\n${css}`)
})

t.test('components of MDC without an end take linear time', async t => {
  for (const part of ['::a{', ':a[b]{c="', '::note\n', ':a{b=', '#a{'])
    await t.resolves(readPage('markdown', `::\n${part.repeat(30_000 / part.length)}`, { id: 'a.md' }), part)
})
