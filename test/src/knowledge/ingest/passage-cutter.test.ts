import fc from 'fast-check'
import t from 'tap'
import { cutMarkdown } from '../../../../src/knowledge/formats/markdown-pieces.ts'
import { createTimeBudget } from '../../../../src/knowledge/formats/time-budget.ts'
import { cutPassages } from '../../../../src/knowledge/ingest/passage-cutter.ts'

const cut = (...blocks: string[]) => cutPassages({ sections: [{ headings: [], blocks }] }, 'Title', 'id').map(({ text }) => text)

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

t.test('a long paragraph is cut after sentences, long code after lines, with indentation', async t => {
  for (const passage of cut('A sentence of some length is here. '.repeat(80))) t.match(passage, /^A .*\.$/s)
  for (const passage of cut('    if (x) return y // line\n'.repeat(120))) t.match(passage, /^ {4}if .*line$/s)
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
