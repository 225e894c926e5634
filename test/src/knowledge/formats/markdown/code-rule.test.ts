import t from 'tap'
import { findCodeSpans } from '../../../../../src/knowledge/formats/markdown/code/code-spans.ts'
import { textOf } from '../read-page.ts'

const markdown = (text: string) => textOf('markdown', text)
const MDX = "import Cup from './cup.js'\n\n"

t.test('inline code ends at as many backticks, in the same block', async t => {
  const codeIn = (text: string) => findCodeSpans(text).map(({ start, end }) => text.slice(start, end))
  t.same(codeIn('a `b` ``c ` d`` e'), ['`b`', '``c ` d``'])
  t.same(codeIn('a `b\nc` \\`d `e\\` f`'), ['`b\nc`', '`e\\`'])
  t.same(codeIn('- it`s\n- Tom`s\n\na ` b\n\nc ` d `\n# e `'), ['` d `'])
})

t.test('inline code is not changed by any rule, however many backticks it has', async t => {
  const examples: readonly (readonly [string, string])[] = [
    ['{{ page.x }} ` {% note "Hot" %}', ''],
    ['[cup][tea.Cup] ` [x][tea]', ''],
    ['++ctrl+c++ ` ++x++', ''],
    ['<!-- a --> ` <!-- b -->', ''],
    ['(a){.wide #top} ` x {: .b}', ''],
    ['<Cup size="2" /> ` {x}', MDX],
    ['{ref}`x` {{ y }}', '(tea)=\n# Tea\n\n'],
    [':badge[new]{.x} ` :cup{.y}', '::note\nHot.\n::\n\n'],
  ]
  for (const [code, before] of examples) {
    t.match(await markdown(`${before}Write \`\` ${code} \`\` now.`), `Write ${code} now.`)
    t.match(await markdown(`${before}Write it\n\`\`${code}\nhere\`\` now.`), `Write it ${code} here now.`, 'on two lines')
  }
})

t.test('backticks that are indented too far for a fence end inline code', async t => {
  const page =
    '- See ```bash\n        logs <cup-id>\n        ```\n- Use <Cup size="2" />*hot* tea.\n- Ask ```x\n        y\n        ```'
  t.equal(await markdown(page), '- See bash logs <cup-id>\n- Use hot tea.\n- Ask x y')
  const nested = '1. See:\n\n    - Pots\n\n        ```bash\n        <cup-id>\n        ```\n\n    - Cups'
  t.equal(await markdown(nested), '1. See:\n  - Pots\n\n```bash\n<cup-id>\n```\n\n- Cups')
})

t.test('a comment around fenced code is removed with it', async t => {
  for (const [open, close] of [
    ['{/*', '*/}'],
    ['<!--', '-->'],
  ]) {
    const page = `import X from './x'\n\n# Tea\n\nBefore.\n\n${open}\n\n\`\`\`js\nsecret()\n\`\`\`\n\n${close}\n\nAfter.\n\n\`\`\`mdx\n${open}\nshown\n${close}\n\`\`\`\n`
    const text = await textOf('markdown', page)
    t.notMatch(text, 'secret')
    t.match(text, /Before\.[\s\S]*After\./)
    t.match(text, 'shown')
  }
})

t.test('alerts and comments in fences are not changed', async t => {
  const code = '> [!NOTE]\n> Hot. <!-- a -->\n\n::: tip\n{{ page.x }} [a][b]'
  t.equal(
    await markdown(`Write:\n\n~~~~md\n${code}\n~~~\n~~~~\n\n> [!NOTE]\n> Hot.`),
    `Write:\n\n\`\`\`md\n${code}\n~~~\n\`\`\`\n\nNote: Hot.`,
  )
})

t.test('code is found in linear time', async t => {
  const texts = [
    '`'.repeat(200_000),
    '` `` '.repeat(60_000),
    '\\`'.repeat(100_000),
    '`a\n- '.repeat(50_000),
    '`\n'.repeat(100_000),
    '```a\n        ``\n'.repeat(20_000),
  ]
  const runs = Array.from({ length: 600 }, (_, i) => '`'.repeat(i + 1)).join(' ')
  const { user } = process.cpuUsage()
  for (const text of [...texts, runs]) t.ok(findCodeSpans(text))
  t.ok((process.cpuUsage().user - user) / 1000 < 3000, 'in less than 3 s')
})
