import t from 'tap'
import { textOf } from './read-page.ts'

const markdown = (text: string) => textOf('markdown', text)

t.test('a template tag shows its last string, except an address or the name of an icon', async t => {
  const shown: readonly (readonly [string, string])[] = [
    ['Post in {% chat_channel "brewers" %}.', 'Post in #brewers.'],
    ["Ask {% chat_channel 'brewers' 'Brewers (#brewers)' %} or {%- badge \"new\" -%}.", 'Ask Brewers (#brewers) or new.'],
    ['{% icon "cup" %}Hot {% image "img/cup.png" %}tea {% include "x" %}now.', 'Hot tea now.'],
    ['The **{% image "cup.png" %}** cup of **{% chat_channel "tea" %}**.', 'The cup of #tea.'],
    [
      'See [pots]({% page "/pots/" %}), [cups][c] and \\[[mugs]({% page "mugs" %})\\].\n\n[c]:{% page "/cups" %}\n[d]: {% page "d" %}',
      'See pots, cups and [mugs].',
    ],
    ['{% if a == "b" %}Tea{% endif %}', 'Tea'],
  ]
  for (const [written, text] of shown) t.equal(await markdown(written), text)
})

t.test('raw text keeps its tags and variables, also in code', async t => {
  t.equal(
    await markdown(
      'Write {% raw %}{{ page.title }} or {% page "/x" %}{% endraw %}, `{% raw %}{{ a }}{% endraw %}`; {{ page.x }}.',
    ),
    'Write {{ page.title }} or {% page "/x" %}, {{ a }}; .',
  )
  t.equal(
    await markdown('```\n{% raw %}{% image "a.png"\n  "tea" %}{% endraw %}\n```\n\n{% raw %}\n\n{% tea "x" %}\n\n{% endraw %}'),
    '```\n{% image "a.png"\n  "tea" %}\n```\n\n{% tea "x" %}',
  )
})

t.test('the title of a tab with code precedes it', async t => {
  t.equal(await markdown('```yaml tab="File (YAML)"\na: 1\n```'), 'File (YAML):\n\n```yaml\na: 1\n```')
})
