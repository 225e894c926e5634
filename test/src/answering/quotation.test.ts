import fc from 'fast-check'
import t from 'tap'
import { excerpt } from '../../../src/answering/reply/excerpt.ts'

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
        const trimmed = text.slice(from, to).trimStart()
        const place = to - trimmed.length + shift
        const wanted = trimmed.trimEnd()
        return !text.isWellFormed() || shown.slice(place, place + wanted.length) === wanted
      },
    ),
    { numRuns: 500 },
  )
  t.pass()
})
