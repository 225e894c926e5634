import fc from 'fast-check'
import t from 'tap'
import { clipSegment } from '../../../src/answering/clip-segment.ts'
import { excerpt } from '../../../src/answering/excerpt.ts'
import { cutSegments } from '../../../src/answering/segments.ts'

const pieces = (text: string) => cutSegments(text).map(({ start, end }) => text.slice(start, end))

t.test('a block of code is one segment; prose is cut into sentences and lists into items', async t => {
  const code = "server.get('/', (request, reply) => {\n  reply.send('hello')\n})"
  t.same(pieces(`Routes are added. See below.\n\n${code}\n\n- one item\n- another (of two)`), [
    'Routes are added.',
    'See below.',
    code,
    '- one item',
    '- another (of two)',
  ])
  t.same(
    cutSegments(`Run it:\n\n$ npm start`).map(({ isCode = false }) => isCode),
    [false, true],
  )
})

t.test('prose with brackets and a colon is not code', async t => {
  const prose = 'Use listen(port) to start (see above).\nThe default is 3000.'
  t.ok(cutSegments(prose).every(({ isCode }) => isCode !== true))
})

t.test('segments are in order and not empty, and omit only white space and cell borders', async t => {
  const line = fc.constantFrom('a b.', '{', '}', ' x();', '', '| c', 'e.g. this. That', '\t', '"q"?', '// n')
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), lines => {
      const text = lines.join('\n')
      let end = 0
      for (const segment of cutSegments(text)) {
        if (!/^[\s|]*$/.test(text.slice(end, segment.start)) || segment.start >= segment.end) return false
        end = segment.end
      }
      return /^[\s|]*$/.test(text.slice(end))
    }),
    { numRuns: 500 },
  )
  t.pass()
})

t.test('a long sentence is cut between words to the part with the question’s words', async t => {
  const text = `${'before '.repeat(60)}the needle is sharp ${'after '.repeat(60)}`.trim()
  const at = text.indexOf('needle')
  const segment = { start: 0, end: text.length, likeness: 1, matches: [{ term: 'needl', weight: 9, start: at, end: at + 6 }] }
  const { start, end } = clipSegment(text, segment, 150)
  t.match(text.slice(start, end), /^before .* the needle is sharp .*after$/)
  t.ok(end - start <= 150 && at - start >= 60)
})

t.test('a shifted offset of the text is the same place in the excerpt', async t => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.nat(60),
      fc.nat(20),
      fc.nat(60),
      (text, start, length, max) => {
        const from = Math.min(start, text.length)
        const to = Math.min(from + length, text.length)
        const { text: shown, shift } = excerpt(text, from, to, max)
        // A range that fits is shown whole, without surrounding white space.
        if (to - from + 2 > max || text.slice(from, to).trim() === '') return true
        const wanted = text.slice(from, to).trimEnd()
        return (
          !shown.isWellFormed() ||
          !text.isWellFormed() ||
          shown.slice(from + shift, from + shift + wanted.length).trimStart() === wanted.trimStart() ||
          from + shift < 0
        )
      },
    ),
    { numRuns: 500 },
  )
  t.pass()
})
