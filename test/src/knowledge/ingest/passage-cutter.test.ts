import fc from 'fast-check'
import t from 'tap'
import { createTimeBudget } from '../../../../src/knowledge/formats/limits/time-budget.ts'
import { cutMarkdown } from '../../../../src/knowledge/formats/markdown/markdown-pieces.ts'
import type { Block } from '../../../../src/knowledge/formats/parsed-document.ts'
import { cutPassages } from '../../../../src/knowledge/ingest/passages/passage-cutter.ts'

const cutBlocks = (...blocks: Block[]) =>
  cutPassages({ sections: [{ headings: [], blocks }] }, 'Title', 'id').map(({ text }) => text)
const cut = (...blocks: string[]) => cutBlocks(...blocks.map(text => ({ kind: 'prose', text }) as const))

t.test('no text is lost for any blocks, and no passage is longer than 1,200 characters', async () => {
  const block = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 5000 }),
    fc.string({ unit: fc.constantFrom('a', ' ', '\n', '. ', '漢', '😀', ':'), maxLength: 3000 }),
  )
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), blocks => {
      const passages = cut(...blocks)
      const bare = (texts: readonly string[]) => texts.join('').replace(/\s/g, '')
      return bare(passages) === bare(blocks) && passages.every(passage => passage.length <= 1200 && passage.isWellFormed())
    }),
    { numRuns: 200 },
  )
})

t.test('a section that is slightly too long becomes two passages of similar length', async t => {
  const passages = cut(...Array.from({ length: 13 }, (_, i) => `${i} ${'word '.repeat(19)}`.trim()))
  t.equal(passages.length, 2)
  t.ok(passages.every(passage => passage.length > 500))
})

t.test('a block after a colon is kept with its introduction', async t => {
  const passages = cut('x'.repeat(590), 'Run this:', 'y'.repeat(800))
  t.equal(passages.length, 2)
  t.match(passages[1], /^Run this:\n\ny/)
})

t.test('the sentence that announces code stays with it, however long its paragraph or the code is', async t => {
  const code: Block = { kind: 'code', text: 'brew(2)\n'.repeat(300) }
  const [first, second] = cutBlocks({ kind: 'prose', text: 'x '.repeat(300) }, { kind: 'prose', text: 'Run this:' }, code)
  t.notMatch(first, 'Run this')
  t.match(second, /^Run this:\n\n```\nbrew/)
  const [, long] = cutBlocks({ kind: 'prose', text: `${'It is a long story. '.repeat(50)}Run this:` }, code)
  t.match(long, /^Run this:\n\n```\nbrew/)
})

t.test('a long paragraph is cut after sentences, long code after lines, with indentation', async t => {
  for (const passage of cut('A sentence of some length is here. '.repeat(80))) t.match(passage, /^A .*\.$/s)
  for (const passage of cut('    if (x) return y // line\n'.repeat(120))) t.match(passage, /^ {4}if .*line$/s)
})

t.test('each piece of long code has a fence and its language, longer than the ticks in it', async t => {
  const passages = cutBlocks({ kind: 'code', language: 'js', text: "print('a line of code', 'and more')\n".repeat(80) })
  t.ok(passages.length > 1)
  for (const passage of passages) t.match(passage, /^```js\nprint.*\n```$/s)
  t.same(cutBlocks({ kind: 'code', text: 'one\n```\ntwo' }), ['````\none\n```\ntwo\n````'])
})

t.test('a long list is cut before an outer item, and a part that begins within an item repeats it', async t => {
  const nested = Array.from({ length: 15 }, (_, i) => `  - Cup ${i}: ${'word '.repeat(8)}end`)
  const [first = '', second = ''] = cutBlocks({ kind: 'list', text: ['- Green', ...nested, '- Black', ...nested].join('\n') })
  t.match(first, /^- Green\n {2}- Cup 0.*\n {2}- Cup 14.*$/s)
  t.match(second, /^- Black\n {2}- Cup 0/)
  const deep = Array.from({ length: 60 }, (_, i) => `    1. Cup ${i}: ${'word '.repeat(8)}end`)
  const parts = cutBlocks({ kind: 'list', text: ['1. Tea', '  - Green', ...deep].join('\n') })
  t.ok(parts.length > 2)
  for (const part of parts) t.match(part, /^1\. Tea\n {2}- Green\n {4}1\. Cup/)
  t.equal(parts.join('\n').match(/Cup/g)?.length, 60)
  t.ok(parts.every(({ length }) => length <= 1200))
  const long = cutBlocks({ kind: 'list', text: [`- ${'Tea '.repeat(150)}`, ...nested, ...nested].join('\n') })
  for (const part of long.slice(1)) t.match(part, /^ {2}- Cup/, 'a long item is not repeated')
})

t.test('each piece of a long table repeats the header', async t => {
  const rows = Array.from({ length: 60 }, (_, i) => `| key ${i} | the value of the key ${i} |`)
  const passages = cutBlocks({ kind: 'table', text: ['| Key | Value |', '| --- | --- |', ...rows].join('\n') })
  t.ok(passages.length > 1)
  for (const passage of passages) t.match(passage, /^\| Key \| Value \|\n\| --- \| --- \|\n\| key \d+ \|.*\|$/s)
})

t.test('a row of a table that is too long is cut between its cells, and each part repeats the first cell', async t => {
  const sentence = (word: string) => `The ${word} is kept warm for as long as it takes. `
  const cells = ['pot', 'string', sentence('pot').repeat(30).trim(), sentence('lid').repeat(15).trim()]
  const rows = [`| cup | number | ${sentence('cup').repeat(12).trim()} |  |`, `| ${cells.join(' | ')} |`]
  const header = '| Key | Type | Meaning | Note |\n| --- | --- | --- | --- |'
  const passages = cutBlocks({ kind: 'table', text: [header, ...rows].join('\n') })
  const shown = passages.flatMap(passage => {
    t.ok(passage.startsWith(header) && passage.length <= 1200)
    return passage.slice(header.length + 1).split('\n')
  })
  t.equal(shown[0], rows[0], 'a row that fits is not cut')
  for (const row of shown.slice(1)) t.match(row, /^\| pot \|(?: (?:string|The .*\.)? ?\|){3}$/)
  for (const word of ['pot', 'lid']) t.equal(shown.join('').split(`The ${word} `).length - 1, word === 'pot' ? 30 : 15)
})

t.test('a passage of less than 60 characters is joined with its subsection, or with the passage before', async t => {
  const section = (headings: string[], text: string) => ({
    headings,
    anchor: headings.at(-1)!,
    blocks: [{ kind: 'prose', text } as const],
  })
  const long = 'A text of more than sixty characters, which may therefore be a passage alone.'
  const sections = [
    section(['A'], 'Short introduction.'),
    section(['A', 'B'], long),
    section(['A', 'C'], 'Short.'),
    section(['D'], long),
  ]
  t.same(
    cutPassages({ sections }, 'Title', 'id').map(({ headings, text }) => [headings.join(), text]),
    [
      ['A,B', `Short introduction.\n\n${long}\n\nC:\n\nShort.`],
      ['D', long],
    ],
  )
  t.same(cut('Alone'), ['Alone'])
})

t.test('long Markdown is cut before headings and paragraphs, but not inside code', async t => {
  const section = `# Heading\n\n${'Text. '.repeat(200)}\n\n\`\`\`sh\n# no heading\n\nno paragraph\n\`\`\`\n\n- item\n\n  in item\n\n`
  const pieces = [...cutMarkdown(section.repeat(300))]
  t.equal(pieces.join(''), section.repeat(300))
  t.ok(pieces.length >= 2)
  for (const piece of pieces) t.match(piece, /^(?:# Heading|Text\.)/)
  t.same([...cutMarkdown('short\n\n# A\n')], ['short\n\n# A\n'])
})

t.test('a time budget is exceeded when the CPU time for the document is used up', async t => {
  let spentMs = 100
  const checkTime = createTimeBudget(10_000, () => spentMs)
  spentMs = 100 + 2000 + 40
  for (let i = 0; i < 100; i++) checkTime()
  spentMs += 1
  t.throws(() => Array.from({ length: 100 }, checkTime), { code: 'DOCUMENT_UNREADABLE' })
})

t.test('each passage of a divided list or table names all of its items', t => {
  const item = (i: number) => `option ${i}: ${'It sets something. '.repeat(8)}`
  const items = Array.from({ length: 20 }, (_, i) => item(i + 1))
  const names = items.map((_, i) => `option ${i + 1}`)
  const listings = (block: Block) =>
    cutPassages({ sections: [{ headings: [], blocks: [block] }] }, 'Title', 'id').map(({ listing }) => listing)
  const list = listings({ kind: 'list', text: items.map(text => `- ${text}`).join('\n') })
  t.ok(list.length > 1)
  t.same(
    list,
    list.map(() => ({ of: 'items', names })),
  )
  const steps = listings({ kind: 'list', text: items.map((text, i) => `${i + 1}. ${text}`).join('\n') })
  t.same(steps[0], { of: 'steps', names })
  const rows = items.map((text, i) => `| option ${i + 1} | ${text} |`)
  t.same(listings({ kind: 'table', text: ['| Name | Text |', '| --- | --- |', ...rows].join('\n') })[0], { of: 'items', names })
  t.same(listings({ kind: 'list', text: '- one\n- two' }), [undefined])
  t.end()
})

t.test('the passages of a section name its parts, unless they continue a list', t => {
  const [passage] = cutPassages(
    { sections: [{ headings: ['H'], blocks: [{ kind: 'prose', text: 'x' }], parts: ['A', 'B'] }] },
    'T',
    'id',
  )
  t.same(passage?.listing, { of: 'parts', names: ['A', 'B'] })
  t.end()
})
