import t, { type Test } from 'tap'
import { answerFrom, fillers, type Page } from '../../worlds/answer-world.ts'

/** Checks that one of two pages is the likeliest, whichever is indexed first. */
async function prefers(t: Test, question: string, better: Page, worse: Page) {
  for (const pair of [
    [better, worse],
    [worse, better],
  ]) {
    const { rated } = await answerFrom(question, [...pair.map(page => ({ title: 'Kiln', ...page })), ...fillers(60)])
    const [first] = rated.candidates.toSorted((a, b) => b.probability - a.probability)
    t.equal(first?.passage.text, better.text, `${question} ${pair.indexOf(better)}`)
  }
}

t.test('a question for a number is answered by a text with one', async t => {
  await prefers(
    t,
    'How many pots does a kiln hold?',
    { text: 'A kiln can hold forty pots.' },
    { text: 'A kiln can hold clay pots.' },
  )
})

t.test('a yes/no question is answered by a text that decides it', async t => {
  await prefers(t, 'Can I open a hot kiln?', { text: 'Never open a hot kiln.' }, { text: 'Gently open a hot kiln.' })
})

t.test('a question for a default is answered by a text that names it', async t => {
  const [better, worse] = [{ text: 'Defaults of a kiln: red.' }, { text: 'Colours of a kiln: red.' }]
  const question = 'What is the default colour of a kiln?'
  const odds = await oddsOf(question, better, worse)
  t.ok(odds > 10, `${odds}`)
})

t.test('a page of news is no answer unless the question is about news', async t => {
  const [plain, news] = [
    { location: 'guide/kilns.md', text: 'A kiln has a thick door.' },
    { location: 'news/kilns.md', text: 'A kiln has a heavy door.' },
  ]
  await prefers(t, 'Which door has a kiln?', plain, news)
  t.equal(await oddsOf('Which door has a kiln since version 2.1?', plain, news), 1)
})

t.test('what something is defines it better than what it is for', async t => {
  await prefers(
    t,
    'What is a kiln?',
    { title: 'Pots', text: 'A kiln is an oven for clay.' },
    { title: 'Pots', text: 'A kiln is used for clay.' },
  )
})

t.test('the page of a name defines it better than a section of that name', async t => {
  const text = 'Clay hardens in the heat.'
  await prefers(t, 'What is a kiln?', { text: `${text} Pots.`, title: 'Kiln' }, { title: 'Pots', headings: ['Kiln'], text })
})

t.test('a heading that names a step of any subject counts with the one above it', async t => {
  await prefers(
    t,
    'kiln installation',
    { title: 'Manual', headings: ['Kiln', 'Installation'], text: 'Call us first.' },
    { title: 'Manual', headings: ['Installation', 'Kiln'], text: 'Call him first.' },
  )
})

/** How much likelier one page is than another. */
async function oddsOf(question: string, one: Page, other: Page): Promise<number> {
  const pages = [one, other].map((page): Page => ({ title: 'Kiln', ...page }))
  const { rated } = await answerFrom(question, [...pages, ...fillers(60)])
  const [first, second] = pages.map(page => rated.candidates.find(({ passage }) => passage.text === page.text)?.probability ?? 0)
  return first! / second!
}
