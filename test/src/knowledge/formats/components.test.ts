import t from 'tap'
import { LONG, readPage, textOf } from './read-page.ts'

const mdx = async (text: string) =>
  (await readPage('markdown', text, { id: 'page.mdx' })).passages.map(passage => passage.text).join('\n\n')

t.test('tabs have the names of their slots, and other slots are not shown', async t => {
  const tabs =
    '<PackageManagerTabs>\n<Fragment slot="npm">\n```sh\nnpm i\n```\n</Fragment>\n<Fragment slot="yarn">\nUse yarn.\n</Fragment>'
  t.equal(
    await mdx(`${tabs}\n</PackageManagerTabs>\n\n<Fragment slot="footer">Bye.</Fragment>`),
    'npm:\n\n```sh\nnpm i\n```\n\nyarn:\n\nUse yarn.\n\nBye.',
  )
})

t.test('cards are a list of their titles and descriptions', async t => {
  const cards =
    '<LinkCard title="Pots" href="/pots" description="All about pots." />\n<LinkCard\n  title={`Cups`}\n  href="/cups"\n/>\n<Icon name="x" />'
  t.equal(await mdx(`See also:\n\n<CardGrid>\n${cards}\n</CardGrid>`), 'See also:\n\n- Pots: All about pots.\n- Cups')
  t.equal(
    await mdx('<Card title="Pots" description="To brew in.">\nThey are hot.\n</Card>'),
    'Pots:\n\nTo brew in.\n\nThey are hot.',
  )
})

t.test('a version, and an expression that is a text or constant, are shown', async t => {
  t.equal(await mdx('<p><Since v="5.7.0" /></p>'), 'Added in: 5.7.0')
  t.equal(await mdx('Brew. <Since pkg="@tea/pot" v="1.2" />'), 'Brew. Added in: @tea/pot@1.2')
  t.equal(await mdx('Default: {Infinity}, {-1.5}, {"hot"} or {undefined}{heat}.'), 'Default: Infinity, -1.5, hot or undefined.')
})

t.test('of the options of a question, only the right one is shown', async t => {
  const options = '<Option>\nCold.\n</Option>\n<Option isCorrect>\nHot.\n</Option>'
  t.equal(
    await mdx(`Tea is:\n\n<MultipleChoice>\n${options}\n</MultipleChoice>\n\n<Option>None.</Option>`),
    'Tea is:\n\nHot.\n\nNone.',
  )
})

t.test('components around a remark show its kind', async t => {
  t.equal(await mdx('<Warning>\nMind it.\n</Warning>\n\nNext.'), 'Warning: Mind it.\n\nNext.')
  t.equal(await mdx('<Aside type="tip" title="Try">Mind it.</Aside>\n\nNext.'), 'Tip – Try:\n\nMind it.\n\nNext.')
  t.equal(await mdx('Use the <Tip text="x">pot</Tip> now.'), 'Use the pot now.')
})

t.test('an icon leaves no space before a punctuation mark', async t => {
  t.equal(await mdx('Press <Icon name="x" />, then {icon}.'), 'Press, then.')
  t.equal(await textOf('markdown', 'Press ![](x.png), hold <img src="y.png">; then ![z](z.png).'), 'Press, hold; then z.')
})

t.test('headings of HTML have an anchor', async t => {
  const { passages } = await readPage(
    'markdown',
    `# Tea\n\n## Pots\n\n${LONG}\n\n<h3>Hot pots</h3>\n\n${LONG}\n\n<h2 id="cups">Cups</h2>\n\n${LONG}`,
  )
  t.same(
    passages.map(({ location }) => location),
    ['page#pots', 'page#hot-pots', 'page#cups'],
  )
})

t.test('a list below code in a list item stays below that item', async t => {
  const list =
    '- Brew.\n\n  ```sh\n  brew\n  ```\n\n  - hot\n  - cold\n\n- Drink.\n\n  ```sh\n  drink\n  ```\n\n  Slowly.\n- Wash.'
  t.equal(
    await textOf('markdown', list),
    '- Brew.\n\n```sh\nbrew\n```\n\n  - hot\n  - cold\n- Drink.\n\n```sh\ndrink\n```\n\nSlowly.\n- Wash.',
  )
})

t.test('components without an end take linear time', async t => {
  for (const part of ['<Quiz><Option>', '<ATabs><B slot="x">', '<A title="', '<Note type=x>\n'])
    await t.resolves(readPage('markdown', part.repeat(30_000 / part.length), { id: 'a.mdx' }), part)
})

t.test('an import in code or in a script makes no page MDX', async t => {
  const type = 'Takes a {string}.'
  t.equal(
    await textOf('markdown', `${type}\n\n\`\`\`js\nimport a from 'a';\n\`\`\``),
    `${type}\n\n\`\`\`js\nimport a from 'a';\n\`\`\``,
  )
  t.equal(await textOf('markdown', `<script setup>\nimport A from './a.vue'\n</script>\n\n${type}`), type)
  t.equal(await textOf('markdown', `import A from './a'\n\n${type}`), 'Takes a.')
})
