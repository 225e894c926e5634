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

t.test('the text of an include is shown, and below the name of a remark', async t => {
  const shown: readonly (readonly [string, string])[] = [
    ['{% include note.html content="Mind the cup." %}', 'Note: Mind the cup.'],
    ["{% include callouts/tip.md title='Heat' content='Warm it.' %}", 'Tip – Heat: Warm it.'],
    ['Drink {% include badge.html text="new" %} tea.', 'Drink new tea.'],
    ['Tea {% include figure.html content="/a/b.png" %}.', 'Tea .'],
    ['{{< banner content="Brew it." >}}', 'Brew it.'],
    ['{{< note "Heat" >}}\nWarm it.\n{{< /note >}}', 'Note – Heat:\n\nWarm it.'],
  ]
  for (const [written, text] of shown) t.equal(await markdown(written), text)
})

t.test('the title of a shortcode precedes its content, and is no part of its first word', async t => {
  const shown: readonly (readonly [string, string])[] = [
    ['{{< tab "Shell" >}}\nRun it.\n{{< /tab >}}', 'Shell:\n\nRun it.'],
    ['{{<callout title="Mind">}}Text{{</callout>}}', 'Mind:\n\nText'],
    ['{{< tabs "x" >}}{{< tab "A" >}}One.{{< /tab >}}{{< tab "B" >}}Two.{{< /tab >}}{{< /tabs >}}', 'A: One. B: Two.'],
    ['See {{< link title="Tea" >}}s.', 'See Teas.'],
  ]
  for (const [written, text] of shown) t.equal(await markdown(written), text)
})

t.test('keys to press have their names', async t => {
  t.equal(
    await markdown('Press ++ctrl+alt+del++, ++page-up++ or ++"Hot"+arrow-up+f1++, not `++ctrl+c++`, C++ and C++ or a++b++.'),
    'Press Ctrl+Alt+Del, Page Up or Hot+Up+F1, not ++ctrl+c++, C++ and C++ or a++b++.',
  )
})

t.test('variables that a template fills are not shown, except in code and examples', async t => {
  const page = `{% assign mark = "-" %}

{% for item in site.pages -%}
{{ mark }} [{{ item.title }}]({{ item.url }})
- [{{item.title | escape}}]({{ item.url }})
- {{- item.text -}}
{% endfor %}

Write {{ item }}, \`{{ item.url }}\` or {{ other.title }}. {% raw %}{{ item }}{% endraw %}

| Tea | Cup |
| --- | --- |
{% for row in site.data.teas %}| {{ row.tea }} | {{ row.cup }} |
{% endfor %}
\`\`\`liquid
{% for item in teas %}{{ item }}{% endfor %}
\`\`\``
  const shown = 'Write , {{ item.url }} or {{ other.title }}. {{ item }}\n\n| Tea | Cup |\n| --- | --- |'
  t.equal(await markdown(page), `${shown}\n\n\`\`\`liquid\n{% for item in teas %}{{ item }}{% endfor %}\n\`\`\``)
})
