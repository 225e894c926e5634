import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { analyse } from '../../../src/text/analysis.ts'
import { stem } from '../../../src/text/porter2.ts'

const words = (text: string) => analyse(text).map(token => token.word)
const terms = (text: string) => analyse(text).map(token => token.term)

t.test('the stemmer equals the reference implementation', async t => {
  const lines = readFileSync(join(import.meta.dirname, '../../fixtures/porter2.txt'), 'utf8').split('\n')
  const pairs = lines.filter(line => line !== '' && !line.startsWith('#')).map(line => line.split(' '))
  t.ok(pairs.length > 500)
  t.same(
    pairs.map(([word]) => [word, stem(word!)]),
    pairs,
  )
})

t.test('words are runs of letters and digits, and contractions are one word', async t => {
  t.same(words("Don't split ipv6, foo_bar or the user's l'homme."), "don't split ipv6 foo bar or the user's l homme".split(' '))
  t.same(words('it’s'), ["it's"], 'a typographic apostrophe is an apostrophe')
  t.same(terms("Users' the user's user"), ['user', 'the', 'user', 'user'])
})

t.test('the language and fence of code and the rules of a table are not words, and offsets are kept', async t => {
  t.same(words('Run:\n\n```python\nrun(x)\n```\n\n| Key | Value |\n| --- | --- |'), ['run', 'run', 'x', 'key', 'value'])
  t.equal(analyse('```python\nrun()').at(-1)?.start, 10)
})

t.test('case, compatibility forms and the diacritics of Latin letters are folded', async t => {
  t.same(words('Café ÎLE ｆｕｌｌ ﬁne Straße İstanbul'), ['cafe', 'ile', 'full', 'fine', 'strasse', 'istanbul'])
  t.same(words('Cafe\u0301'), ['cafe'], 'composed or not')
  t.same(words('ΣΊΣΥΦΟΣ'), words('σίσυφος'), 'a final sigma is a sigma')
})

t.test('marks that distinguish words in other scripts are kept', async t => {
  t.same(words('हिन्दी'), ['हिन्दी'])
  t.not(words('नमक')[0], words('नमकी')[0])
  t.not(words('йод')[0], words('иод')[0])
})

t.test('scripts without spaces yield characters and pairs, separate from adjacent words', async t => {
  t.same(words('編程Python3、カナ'), ['編', '程', '編程', 'python3', 'カ', 'ナ', 'カナ'])
  t.same(words('ก็ได้'), ['ก็', 'ไ', 'ก็ไ', 'ด้', 'ได้'], 'a mark belongs to its letter')
})

t.test('stop words are marked, not dropped', async t => {
  t.same(
    analyse('What is tar?').map(token => token.stopWord),
    [true, true, false],
  )
})

t.test('ASCII text yields the same tokens alone and next to other text', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), text => {
      return isDeepStrictEqual(analyse(`${text} é`).slice(0, -1), analyse(text))
    }),
    { numRuns: 500 },
  )
})

t.test('no text throws, and tokens have valid positions, in order of their ends', async () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('\ud800', '\udc00', '\0', "'", 'ﷺ')),
      }),
      text => {
        let before = 0
        for (const { term, start, end } of analyse(text)) {
          if (end < before || end <= start || end > text.length || term === '' || !term.isWellFormed()) return false
          before = end
        }
        return true
      },
    ),
  )
})

t.test('the length of terms is bounded for any text', async t => {
  for (const text of ['a'.repeat(10_000), '編\u0301'.repeat(1000), '\u0301'.repeat(10_000), `編${'\u0301'.repeat(10_000)}`]) {
    t.ok(Math.max(...terms(text).map(term => term.length)) <= 64)
  }
})
