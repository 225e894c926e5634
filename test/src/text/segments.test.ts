import fc from 'fast-check'
import t from 'tap'
import { analyse } from '../../../src/text/analysis.ts'
import { fingerprintOf, lettersOf } from '../../../src/text/passages/segment-facts.ts'
import { listDefining, listSegments, tabulateSegments } from '../../../src/text/passages/segment-table.ts'
import { cutSegments } from '../../../src/text/passages/segments.ts'

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

t.test('paragraphs of a list item and the type of an option are not code', async t => {
  const kinds = (text: string) => cutSegments(text).map(({ kind }) => kind)
  const step = '   This step reads the text of the page and counts its words.'
  t.same(kinds(`2. Create a plugin.\n${step}\n   npm:\n   src/plugin.ts:`), ['item'])
  t.same(kinds(`${step}\n${step}`), ['prose', 'prose'])
  t.same(kinds('Type: (context: Context) => void;'), ['prose'])
  t.same(kinds('- name: web\n  image: nginx\n  restart: always\n  user: root'), ['code'])
})

t.test('a paragraph of keywords is no segment, a sentence or list item about them is one', t => {
  t.same(pieces('Keywords: tea, black tea, 2.0\n\nTags: pot\n\nSchlagwörter: Tee; Kanne\n\nText.'), ['Text.'])
  const kept = [
    'Tags: the labels of an image, by which the registry finds it and all of its versions.',
    '- Keywords: a, b',
    'Tags: one. Two.',
  ]
  t.same(pieces(kept.join('\n\n')), [kept[0], kept[1], 'Tags: one.', 'Two.'])
  t.end()
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
  const { start, end } = cutSegments(text).find(({ kind }) => kind === 'code')!.language!
  t.equal(text.slice(start, end), 'sh')
})

t.test('a row of a table with nothing but its first cell is a divider and no segment', t => {
  const table =
    '| Skill | Level | Note |\n| --- | --- | --- |\n| Tea |  |  |\n| Brew \\| pour | 2 |  |\n| Cups \\| lids | | |\n|  | 3 | |'
  t.same(pieces(table), ['| Brew \\| pour | 2 |  |', '|  | 3 | |'])
  t.end()
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

const MIXED = [
  'Not more than ten files are kept. The default is small.',
  '1. Open it.\n   - Or close it.',
  '| Limit | Value |\n| --- | --- |\n| Pods | 110 |',
  '```sh\nnpm start\n```',
  '```\nplain\n```',
  '文件。保存文件。',
].join('\n\n')

t.test('a table has all facts of the segments', async t => {
  const read = listSegments(tabulateSegments(MIXED, analyse(MIXED)).table)
  t.match(read, cutSegments(MIXED))
  t.equal(read.length, cutSegments(MIXED).length)
})

t.test('a segment has the extent of its block', async t => {
  const extents = readSegments('One. Two.\n\n- a\n- b\n- c\n\nThree.').map(({ blockFirst, blockLast }) => [blockFirst, blockLast])
  t.same(extents, [
    [0, 1],
    [0, 1],
    [2, 4],
    [2, 4],
    [2, 4],
    [5, 5],
  ])
  t.same(readSegments(''), [])
})

t.test('a segment has the places of its words, and words between segments belong to none', async t => {
  const words = analyse(MIXED)
  const read = listSegments(tabulateSegments(MIXED, words).table)
  for (const { start, end, firstWord, endWord } of read)
    t.same(
      words.slice(firstWord, endWord).map(({ word }) => word),
      analyse(MIXED.slice(start, end)).map(({ word }) => word),
    )
  const row = read.find(({ kind }) => kind === 'row')!
  t.equal(row.firstWord - read[read.indexOf(row) - 1]!.endWord, 2, 'the header')
})

t.test('numbers, verdicts and defaults are found in the segment that has them', async t => {
  const facts = listSegments(tabulateSegments(MIXED, analyse(MIXED)).table).map(({ hasNumber, hasVerdict, namesDefault }) => [
    hasNumber,
    hasVerdict,
    namesDefault,
  ])
  t.same(facts.slice(0, 3), [
    [true, true, false],
    [false, false, true],
    [true, false, false],
  ])
})

/** The segments of a text, each with what is written there. */
function readSegments(text: string) {
  const read = listSegments(tabulateSegments(text, analyse(text)).table)
  return read.map(segment => ({ ...segment, written: text.slice(segment.start, segment.end) }))
}

t.test('a segment announces what follows if it ends in a colon, or names it at the end of its paragraph', async t => {
  const announcing = (text: string) =>
    readSegments(text)
      .filter(({ announces }) => announces)
      .map(({ written }) => written)
  const code = '```\nx:\n```'
  t.same(announcing(`Run it. Like this:\n\n${code}`), ['Like this:'])
  t.same(announcing('以下の通り：\n\n- お茶'), ['以下の通り：'])
  t.same(announcing(`- One\n- Run:\n\n${code}`), ['- Run:'])
  t.same(announcing(`See the following example.\n\n${code}`), ['See the following example.'])
  t.same(announcing(`See the following example. Run it.\n\n${code}`), [])
  t.same(announcing('| a | b |\n| --- | --- |\n| c: | d:\n'), [], 'a row')
})

t.test('a sentence may look back to code, or continue the one before', async t => {
  const facts = readSegments('This runs it. Then stop. The command above stops it. Thenceforth it is off.\n\n- This\n- Then').map(
    ({ looksBack, continuesText }) => [looksBack, continuesText],
  )
  t.same(facts, [
    [true, false],
    [false, true],
    [true, false],
    [false, false],
    [false, false],
    [false, false],
  ])
})

t.test('a segment that defines something is marked, and its subject is listed', async t => {
  const text = 'Tea is a drink. It is hot.\n\n- **Green tea**: a kind of tea\n\nThe pot lets you make tea.\n\n```\nx is a y\n```'
  const { table, subjects } = tabulateSegments(text, analyse(text))
  t.same(
    listSegments(table).map(({ defines }) => defines),
    ['what', undefined, 'what', 'what-for', undefined],
  )
  t.same(listDefining(table), [0, 2, 3])
  t.same(subjects, [['tea'], ['green', 'tea'], ['pot']])
})

t.test('segments with the same letters and digits have the same fingerprint', async t => {
  const [a, b, c, d] = readSegments('Boil **water**, 2 min.\n\nBoil water 2 min!\n\nBoil water 3 min!\n\nBoil wafer 2 min.')
  t.equal(a!.fingerprint, b!.fingerprint)
  t.not(a!.fingerprint, c!.fingerprint)
  t.not(a!.fingerprint, d!.fingerprint)
  const word = fc.constantFrom('Tea', 'tea', ' ', '. ', '"', '-', 'ß', '1', '文', '\n')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), fc.array(word, { maxLength: 6 }), (first, second) => {
      const [one, other] = [first.join(''), second.join('')]
      return lettersOf(one) !== lettersOf(other) || fingerprintOf(one, 0, one.length) === fingerprintOf(other, 0, other.length)
    }),
    { numRuns: 2000 },
  )
})

t.test('of a very long text, the beginning is cut', async t => {
  const text = 'One sentence. '.repeat(10_000)
  const last = listSegments(tabulateSegments(text, analyse(text)).table).at(-1)!
  t.ok(last.end > 32_000 && last.end < 32_768)
})

t.test('lower case follows a full stop in a text without upper case', async t => {
  t.same(pieces('it runs on every line. see it.'), ['it runs on every line.', 'see it.'])
  t.same(pieces('It runs on line no. one. see it.'), ['It runs on line no. one. see it.'])
  t.same(pieces('هل يعمل؟ نعم.'), ['هل يعمل؟', 'نعم.'])
})

t.test('a line with a call is code, in brackets or not', async t => {
  t.same(
    cutSegments('start(a, (b))\nstop(c) now').map(({ kind }) => kind),
    ['code'],
  )
})

// Work that is not linear would exceed the time limit of the test file.
t.test('hostile texts are cut in linear time', async t => {
  for (const part of [' ', '\t', '\n ', 'a.', '."', '1.', 'a b. ', 'a(', '- ', '|-', 'x = ', '{}', '| \n'])
    for (const [before, after] of [
      ['A.', 'x'],
      ['tar', 'x'],
      ['| a\n', 'x'],
      ['a(', 'x'],
    ] as const)
      cutSegments(`${before}${part.repeat(1e5)}${after}`)
  t.pass()
})
