import fc from 'fast-check'
import t from 'tap'
import { excerpt } from '../../../src/answering/reply/excerpt.ts'

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(text => !/\s/.test(text))

t.test('words that fit are shown whole, and their shifted offsets are their place in the excerpt', async t => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), fc.nat(11), fc.nat(3), fc.nat(60), (words, at, count, max) => {
      const [before, wanted] = [words.slice(0, at), words.slice(at, at + count + 1).join(' ')]
      const from = before.reduce((length, one) => length + one.length + 1, 0)
      const to = from + wanted.length
      if (wanted === '' || wanted.length > max) return true
      const { text: shown, shift } = excerpt(words.join(' '), from, to, max)
      return shown.slice(from + shift, to + shift) === wanted
    }),
    { numRuns: 500 },
  )
  t.pass()
})
