import t from 'tap'
import { recallTurns } from '../../../src/chat/past-turns.ts'

const TEA = {
  message: 'how is tea brewed?',
  workings: {},
  receipt: {
    sources: [
      { title: 'Tea', passage: 'Old. Boil it. Wait. Drink it.', highlights: [5, 20].map(start => ({ start, end: start + 9 })) },
      { title: 'Coffee', passage: 'Grind it.', highlights: [{ start: 0, end: 9 }] },
    ],
  },
}
const NOTHING = { receipt: { sources: [] } }

t.test('an answer is recalled by the title and quoted text of its first source', t => {
  t.same(recallTurns([TEA], 4), [{ question: 'how is tea brewed?', title: 'Tea', quoted: 'Boil it. \nDrink it.' }])
  t.end()
})

t.test('of a fallback only the question is recalled', t => {
  t.same(recallTurns([{ message: 'how is mate brewed?', workings: {}, ...NOTHING }], 4), [
    { question: 'how is mate brewed?', title: '', quoted: '' },
  ])
  t.end()
})

t.test('commands and small talk do not count as questions', t => {
  const noise = [{ message: 'Thanks!', ...NOTHING }, ...Array(4).fill({ message: '/why', ...NOTHING })]
  t.equal(recallTurns([...noise, TEA, TEA, TEA], 2).length, 2)
  t.end()
})
