import fc from 'fast-check'
import t from 'tap'
import { excerpt } from '../../../src/answering/reply/excerpt.ts'
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
    cutSegments(`Run it:\n\n$ npm start`).map(({ kind }) => kind),
    ['prose', 'code'],
  )
})

t.test('prose with brackets and a colon is not code', async t => {
  const prose = 'Use listen(port) to start (see above).\nThe default is 3000.'
  t.ok(cutSegments(prose).every(({ kind }) => kind !== 'code'))
})

t.test('kinds follow from the syntax of the lines', async t => {
  const text = [
    'Two levels:',
    '- one\n  - nested, and\n    continued\n- two',
    '```sh\nnpm start\n\n# a comment\n```',
    '| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |',
    '- **term**: what it means',
  ].join('\n\n')
  t.same(
    cutSegments(text).map(({ start, end, kind }) => [kind, text.slice(start, end)]),
    [
      ['prose', 'Two levels:'],
      ['item', '- one'],
      ['item', '  - nested, and\n    continued'],
      ['item', '- two'],
      ['code', 'npm start\n\n# a comment'],
      ['row', '| 1 | 2 |'],
      ['row', '| 3 | 4 |'],
      ['item', '- **term**: what it means'],
    ],
  )
  t.equal(cutSegments(text).find(({ kind }) => kind === 'code')?.language, 'sh')
})

t.test('a sentence may continue on the next line, and lines of navigation are dropped', async t => {
  t.same(pieces('It runs\non every line. See it.\nNew line\n\nSee also\n\nPrev | Up | Home | Next'), [
    'It runs\non every line.',
    'See it.',
    'New line',
  ])
})

t.test('segments are in order, not empty and within the text', async t => {
  const line = fc.constantFrom(
    'a b.',
    '{',
    '}',
    ' x();',
    '',
    '| c',
    '| - |',
    '```',
    '- i',
    '1. n',
    'e.g. this. That',
    '\t',
    '"q"?',
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), lines => {
      const text = lines.join('\n')
      let end = 0
      for (const segment of cutSegments(text)) {
        if (segment.start < end || segment.start >= segment.end || segment.end > text.length) return false
        end = segment.end
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.pass()
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
