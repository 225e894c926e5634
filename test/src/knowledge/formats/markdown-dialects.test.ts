import t from 'tap'
import { expandDialects } from '../../../../src/knowledge/formats/markdown/dialects.ts'
import { LONG, readPage, textOf } from './read-page.ts'

const markdown = (text: string) => textOf('markdown', text)
const mdx = async (text: string) =>
  (await readPage('markdown', text, { id: 'page.mdx' })).passages.map(passage => passage.text).join('\n\n')

t.test('MDX is read without imports, exports, expressions, comments and the tags of components', async t => {
  const page = `import Tabs from '@theme/Tabs';
import {
  One,
} from './one';

export const sizes = {
  small: [1],
};

{/* a
comment */}

Water boils at {props.degrees} {'one hundred'} degrees, \`{code}\` stays.

<Tabs
  values={[{ label: '>', value: 1 }]}>
<TabItem value="kettle" label="Kettle">

    Fill the **kettle**:

    \`\`\`sh title="boil.sh"
    import x from 'y'
    boil <Kettle>
    \`\`\`

</TabItem>
</Tabs>

<Icon name="x" /> Ready, see <Link to="/x">the guide</Link>.

<details>
<summary>Why?</summary>
Because **it** is.
</details>
`
  const code = "```sh\nimport x from 'y'\nboil <Kettle>\n```"
  t.equal(
    await mdx(page),
    `Water boils at one hundred degrees, {code} stays.\n\nKettle:\n\nFill the kettle:\n\nboil.sh:\n\n${code}\n\nReady, see the guide.\n\nWhy?\n\nBecause it is.`,
  )
})

t.test('an import in the code of a page does not make it MDX', async t => {
  const code = "```js\nimport a from 'b'\n```"
  t.equal(await markdown(`Returns {string}.\n\n${code}`), `Returns {string}.\n\n${code}`)
  t.equal(await markdown(`import A from 'b'\n\nReturns {string}.\n\n${code}`), `Returns.\n\n${code}`)
})

t.test('a page of MDX that is not well-formed loses no text', async t => {
  t.equal(
    await mdx('Use a < b and {open.\n\n<Tabs\n\nThe `<Tab>` and <name> of x.'),
    'Use a < b and {open.\n\n<Tabs\n\nThe <Tab> and <name> of x.',
  )
})

t.test('a placeholder in angle brackets is text, the tag of an element is not', async t => {
  t.equal(
    await markdown('Run with <name> or List<String>, <kbd>Ctrl</kbd><br>now.'),
    'Run with <name> or List<String>, Ctrl now.',
  )
  t.equal(await markdown('<ns-name>\n\n<b>bold</b>'), '<ns-name>\n\nbold')
})

t.test('boxes of all generators are paragraphs that begin with their kind', async t => {
  const boxes: readonly (readonly [string, string])[] = [
    [':::note\n\nMind *it*.\n\n:::', 'Note: Mind it.'],
    [':::warning[Hot **water**]\nMind it.\n:::', 'Warning – Hot water:\n\nMind it.'],
    ['::: tip Try this\n- one\n:::', 'Tip – Try this:\n\n- one'],
    ['::::info\n\n- one\n\n::::', 'Info:\n\n- one'],
    ['/// note | Details\n\nMind it.\n\n///', 'Note – Details:\n\nMind it.'],
    [
      '!!! danger "Hot"\n    Mind it.\n\n    ```sh\n    go\n    ```\n\nAfter.',
      'Danger – Hot:\n\nMind it.\n\n```sh\ngo\n```\n\nAfter.',
    ],
    ['!!!info "Hot"\n\n    Mind it.\n\nAfter.', 'Info – Hot:\n\nMind it.\n\nAfter.'],
    ['!!! note inline end Cups for tea:\n    Mind it.', 'Note – Cups for tea:\n\nMind it.'],
    ['!!! Cups only\n    Mind it.', 'Cups only:\n\nMind it.'],
    ['!!! info inline end\n    Mind it.', 'Info: Mind it.'],
    ['??? tip "A"\n\n    ??? example "B"\n\n        ```\n        go\n        ```', 'Tip – A:\n\nExample – B:\n\n```\ngo\n```'],
    ['!!!go\n\n=== tea', '!!!go\n\n=== tea'],
    ['=== "Linux"\n\n    Do this.', 'Linux:\n\nDo this.'],
    ['```{note}\nMind *it*.\n```', 'Note: Mind it.'],
    ['```{code-block} python\nx = 1\n```', '```python\nx = 1\n```'],
    ['> [!TIP]\n> Mind it.', 'Tip: Mind it.'],
    ['{% hint style="info" %}\nMind it.\n{% endhint %}', 'Info: Mind it.'],
    ['{{< caution >}}\nMind it.\n{{< /caution >}}', 'Caution: Mind it.'],
  ]
  for (const [written, shown] of boxes) t.equal(await markdown(written), shown)
})

t.test('shortcodes and template tags show their text', async t => {
  const page = `## {{% heading "whatsnext" %}}

A {{< tooltip text="pod" term_id="p" >}} of {{< param "v" >}}{% include x.html
  a=1 %} and \`{% raw %}\`.

{{< tabs name="t" >}}
{{% tab name="Bash" %}}
Do it.
{{% /tab %}}
{{< tab name="Posh" codelang="posh" >}}
dir
{{< /tab >}}
{{< /tabs >}}
{{< comment >}}not shown{{< /comment >}}

{% highlight ruby %}
puts 1
{% endhighlight %}

<!-- not
shown -->
{* ../missing.py *}
`
  const { passages } = await readPage('markdown', page)
  t.same(passages[0]?.headings, [])
  t.equal(passages[0]?.text, 'A pod of and {% raw %}.\n\nBash:\n\nDo it.\n\nPosh:\n\n```posh\ndir\n```\n\n```ruby\nputs 1\n```')
})

t.test('a shortcode ends at its own marks, and text that looks similar is kept', async t => {
  const shown: readonly (readonly [string, string])[] = [
    ['A {{{< x text="cup" >}}} of {{<a/>}}tea.', 'A cup of tea.'],
    ['Write {{< {{< x >}} here.', 'Write {{< here.'],
    ['Write {{< a {{ b }} >}}.', 'Write {{< a {{ b }} >}}.'],
    ['{{< tab "a" />}}\n\nTea\n\n{{< /tab >}}', 'Tea'],
    ['Hot {{/* not\nshown */}} tea {{/* a */}}, `{{/* b */}}`.', 'Hot tea, {{/* b */}}.'],
    ['Cup {{</* x y */>}} <!-- a --> `<!-- b` <!-- c -->.', 'Cup {{< x y >}} <!-- b.'],
    ['A cup <Tip title="of tea">\nHot\n</Tip>', 'A cup\n\nof tea:\n\nHot'],
  ]
  for (const [written, text] of shown) t.equal(await markdown(written), text)
})

t.test('the id of a heading is its anchor and not its text', async t => {
  const { passages } = await readPage('markdown', `# A\n\n## Brew it {#brew}\n\n${LONG}\n\n## Drink it { ##drink .x }\n\n${LONG}`)
  t.same(
    passages.map(({ headings, location }) => [headings[0], location]),
    [
      ['Brew it', 'page#brew'],
      ['Drink it', 'page#drink'],
    ],
  )
})

t.test('a front matter describes the page, and an invalid one is read line by line', async t => {
  const facts = 'title: >-\n  Tea\n  time\ndescription: "How to brew: quickly"\ntags: [pot, kettle]\nkeywords: cup, pot'
  const page = await readPage('markdown', `---\n${facts}\n---\n\n${LONG}`)
  t.equal(page.title, 'Tea time')
  t.equal(page.passages[0]?.text, `How to brew: quickly\n\nKeywords: cup, pot, kettle\n\n${LONG}`)
  t.equal((await readPage('markdown', '---\ntitle: [a\nlayout: x: y\n---\n\nText')).title, '[a')
  t.equal((await readPage('markdown', '+++\ntitle = "Toml"\n+++\n\nText')).title, 'Toml')
})

t.test('text that took quadratic time without a limit is read', async t => {
  const emphasis = await readPage('markdown', '{{</* a '.repeat(20_000), { id: 'a.md' })
  t.match(emphasis.passages[0]?.text, /^\{\{<\/\* a \{\{/)
  const alerts = await readPage('markdown', '> [!NOTE]\n> Text of it.\n\n'.repeat(3_000), { id: 'a.md' })
  t.equal(
    alerts.passages.map(({ text }) => text.match(/^Note: Text of it\.$/gm)?.length ?? 0).reduce((sum, n) => sum + n),
    3_000,
  )
  for (const part of ['{{< a ', '{{< highlight go ', '{{< comment ', '{{< tab "a" >}}x', '::: a {b '])
    t.ok(await readPage('markdown', part.repeat(100_000 / part.length), { id: 'a.md' }), part)
  const begun: readonly (readonly [string, string])[] = [
    ['{{< x >}}', '{'],
    ['{{<', ' '],
    ['{{< tab', ' '],
    ['{{< tab codelang="a" >}}{{</', ' '],
  ]
  for (const [text, part] of begun) t.ok(await readPage('markdown', text + part.repeat(60_000)), text + part)
  for (const part of ['<!---->', 'a{%end%}', '{{< x >}}', 'a<A/>'])
    t.ok(await readPage('markdown', part.repeat(1_000_000 / part.length)), part)
})

t.test('hostile text is read in linear time, or rejected', async t => {
  const texts = [
    '<Aa ',
    '<Aa>',
    '{',
    '`',
    '<!--',
    '{{< tab codelang="x" >}}',
    '{% highlight x %}',
    ':::note\n',
    '!!! a "b"\n',
    '> [!TIP]\n',
  ]
  for (const part of texts) {
    const outcome = await readPage('markdown', part.repeat(100_000 / part.length), { id: 'a.mdx' }).catch(error => error)
    if (outcome instanceof Error) t.match(outcome, { code: 'DOCUMENT_UNREADABLE' }, part)
  }
})

t.test('a page may have more lines than a function may have arguments', async t => {
  const page = 'tea\n'.repeat(200_000)
  t.ok(expandDialects(page, false, () => undefined).startsWith(page.trim()))
})

t.test('a ragged table of MyST gets few empty cells', async t => {
  const rows = Array(300).fill('a').join('\n')
  const wide = Array(300).fill('b').join(',')
  const text = await textOf('markdown', `\`\`\`{csv-table}\n${wide}\n${rows}\n\`\`\``)
  t.ok(text.length < 100_000, `${text.length} characters`)
})
