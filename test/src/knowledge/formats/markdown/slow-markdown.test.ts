import t from 'tap'
import { readPage } from '../read-page.ts'

/** The budget is 2 to 4 s. */
const MAX_MS = 5000

t.test('text that takes the parser quadratic time is read or refused in a few seconds', async t => {
  const brackets = ['[', '[^', '[^a]', '![', '[a](', '[a]', '[a][b]', '[^a] b\n', '[^a]\n', '[a](b) ']
  const others = [
    '*a ',
    '<a ',
    '>',
    '- ',
    '1. ',
    '`a``',
    'a&b &amp;',
    'a_b `c` ',
    'a & b\n',
    'a ~ b\n',
    'how hot is the tea\n',
    '# a\n',
  ]
  for (const [text, id] of [...brackets, ...others].flatMap(text => [[text, 'page.md'] as const, [text, 'page.mdx'] as const])) {
    const before = process.cpuUsage()
    await readPage('markdown', text.repeat(20_000), { id }).catch(error => t.match(error, { code: 'DOCUMENT_UNREADABLE' }))
    const { user, system } = process.cpuUsage(before)
    t.ok((user + system) / 1000 < MAX_MS, `${JSON.stringify(text)} in ${id}`)
  }
  const nested = Array.from({ length: 300 }, (_, i) => `${' '.repeat(2 * i)}- a`).join('\n')
  t.ok(await readPage('markdown', nested))
})
