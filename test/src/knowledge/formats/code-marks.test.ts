import t from 'tap'
import { LONG, textOf } from './read-page.ts'

const code = async (info: string, ...lines: readonly string[]) =>
  (await textOf('markdown', `${LONG}\n\n\`\`\`${info}\n${lines.join('\n')}\n\`\`\``))
    .slice(LONG.length + 2)
    .replace(/^```\w*\n|\n```$/g, '')

t.test('lines of code that are marked as removed are not read', async t => {
  t.equal(await code('js title="a.js" del={1,3-4} ins={2}', 'a', 'b', 'c', 'd', 'e'), 'a.js:\n\n```js\nb\ne')
  t.equal(await code('js del={"Old":2} ins={"New":3}', 'a', 'b', 'c'), 'a\nc')
  t.equal(await code('js', 'a', 'b() // [!code --]', 'c() // [!code ++]', 'd'), 'a\nc()\nd')
  t.equal(await code('yaml', '# [!code --:2]', 'a: 1', 'b: 2', 'c: 3'), 'c: 3')
  t.equal(await code('vue', '<!-- [!code word:x] -->', '<b/> <!-- [!code highlight] -->', '<i/>'), '<b/>\n<i/>')
})

t.test('words that are marked as removed are not read where others replace them', async t => {
  t.equal(await code('js del="old" ins=\'new "x"\'', 'use("old new "x"")', 'old()'), 'use("new "x"")\nold()')
  t.equal(await code('css del=".a"', 'p.a {}'), 'p.a {}')
})

t.test('code that is removed as a whole is read, and so is a diff', async t => {
  t.equal(await code('js del={1-2}', 'a', 'b'), 'a\nb')
  t.equal(await code('js', 'a // [!code --]'), 'a // [!code --]')
  t.equal(await code('diff lang="js" del={1}', '- a', '+ b'), '- a\n+ b')
})

t.test('comments that highlight or hide lines of code are not read', async t => {
  t.equal(await code('js', '// highlight-next-line', 'a', '/* highlight-start */', 'b'), 'a\nb')
  t.equal(await code('ts twoslash', '// @errors: 2304', 'a', '// ---cut---', 'b', '// ^?', '// ---cut-after---', 'c'), 'b')
  t.equal(await code('ts', '// ^?', '// ---cut---'), '// ^?\n// ---cut---')
})

t.test('code of scripts is read without what its compiler alone sees', async t => {
  t.equal(await code('js', '// @errors: 7006 2304', 'let a', '// ---cut---', 'a = 1'), 'a = 1')
  t.equal(await code('svelte', '// @noErrors', 'a'), 'a')
  t.equal(await textOf('markdown', '> ```js\n> // @noErrors\n> a\n> ```'), '```js\na\n```')
  t.equal(await code('rust', 'a', '// ---cut---', 'b'), 'a\n// ---cut---\nb')
})

t.test('the name of a file at the top of code is its title', async t => {
  t.equal(await code('svelte', '<!--- file: App.svelte --->', '<!--- copy: false  --->', 'a'), 'App.svelte:\n\n```svelte\na')
  t.equal(await code('svelte', '<!--- file: App.svelte--->', 'a'), 'App.svelte:\n\n```svelte\na')
  t.equal(await code('js', '// @errors: 1', '/// file: a.js', 'a', '/// file: b.js'), 'a.js:\n\n```js\na\n/// file: b.js')
  const hidden = ['/// file: a.js (compiled)', '/// link: false', '// @filename: a.js', 'let a', '// ---cut---', 'b']
  t.equal(await code('js', ...hidden), 'a.js (compiled):\n\n```js\nb')
  t.equal(await code('yaml title="b.yaml"', '### file: a.yaml', 'a: 1'), 'b.yaml:\n\n```yaml\na: 1')
  t.equal(await code('rust', '/// file: the file', 'a'), '/// file: the file\na')
  t.equal(await code('md', '### file: a.md', 'b'), '### file: a.md\nb')
})

t.test('parts of code that are marked as removed are not read, and added ones without their marks', async t => {
  const changed = [
    '---$:--- +++const+++ b = +++$derived(a)+++;',
    '---let c;---',
    '<p ---on:a--- +++{b}+++ on---:---c ---d--->',
    '+++\td',
    '\te+++',
  ]
  t.equal(await code('svelte', ...changed), 'const b = $derived(a);\n<p {b} onc >\n\td\n\te')
  t.equal(await code('js', '---\tf(', '\tx);---', '+++g();'), 'g();')
  t.equal(await code('svelte', '---a---'), 'a')
  t.equal(await code('svelte', '{"---a---"}'), '{"---a---"}')
  for (const kept of [
    'a+++b',
    '// ---x--- y',
    '---\na\n---',
    "log('---x---')",
    '// --- a ---\n// --- b ---',
    '<!--- a ---><!--- b --->',
  ])
    t.equal(await code('js', kept), kept)
  t.equal(await code('toml', '+++', 'a = 1', '+++'), '+++\na = 1\n+++')
  t.equal(await code('astro', '---', 'a', '---', '+++b+++'), '---\na\n---\n+++b+++')
})

t.test('code has the title that its fence gives in brackets', async t => {
  t.equal(await code('ts [tea.config.ts] {1}', 'a'), 'tea.config.ts:\n\n```ts\na')
  t.equal(await code('r [1', 'a'), 'a')
})

t.test('attributes alone after a fence are not its language', async t => {
  t.equal(await code('hl_lines="17"', 'a'), 'a')
  t.equal(await code('py hl_lines="17"', 'a'), 'a')
})

t.test('many marks take linear time', async t => {
  for (const info of [
    'del={1-9999} '.repeat(8000),
    'del="x" '.repeat(12_000),
    `del={${'1-'.repeat(50_000)}`,
    'ins="\\'.repeat(20_000),
  ])
    t.ok(await code(`js ${info}`, ...Array<string>(100).fill('x')))
  for (const line of ['---a', '+++ ---a', '---a ---', '/// file: a', '// [!code --:9999]', '// [!code ', '// ---cut---'])
    t.ok(await code('js twoslash', ...Array<string>(5000).fill(line), 'x'))
})
