import t from 'tap'
import { divideParagraphs } from '../../../../../src/knowledge/formats/limits/long-paragraphs.ts'
import { readPage } from '../read-page.ts'

/** The budget is 2 to 4 s, checked every few hundred ms. Without bounds, some took 14 s. */
const MAX_MS = 5000

t.test('text that takes the parser quadratic time is read or refused in a few seconds', async t => {
  const brackets = ['[^a]', '![', '[a](', '[a]', '[a][b]', '[^a] b\n', '[^a]\n', '[a](b) ']
  const others = ['*a ', '<a ', '>', '- ', '1. ', '`a``', 'a&b &amp;', 'a_b `c` ', 'a & b\n', 'a ~ b\n', 'how hot is the tea\n']
  for (const text of [...brackets, ...others]) {
    const before = process.cpuUsage()
    await readPage('markdown', text.repeat(20_000)).catch(error => t.match(error, { code: 'DOCUMENT_UNREADABLE' }))
    const { user, system } = process.cpuUsage(before)
    t.ok((user + system) / 1000 < MAX_MS, JSON.stringify(text))
  }
  const nested = Array.from({ length: 300 }, (_, i) => `${' '.repeat(2 * i)}- a`).join('\n')
  t.ok(await readPage('markdown', nested))
})

t.test('a long paragraph is divided, but no code, table or embedded HTML', async t => {
  const lines = Array<string>(1500).fill('tea')
  t.match(
    divideParagraphs(lines.join('\n'))
      .split('\n\n')
      .map(part => part.length),
    [3999, 1999],
  )
  t.equal(divideParagraphs('tea '.repeat(5000)).split('\n\n').length, 2)
  for (const text of [
    `\`\`\`\n${lines.join('\n')}\n\`\`\``,
    `|a|\n|-|\n${lines.map(line => `|${line}|`).join('\n')}`,
    `<table>\n${lines.join('\n')}\n</table>`,
    lines.map(line => `- ${line}`).join('\n'),
    `<p>${'tea '.repeat(5000)}</p>`,
    'a'.repeat(20_000),
  ])
    t.equal(divideParagraphs(text), text)
})
