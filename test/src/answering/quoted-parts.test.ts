import t from 'tap'
import { answerFrom, fillers, type Page } from '../../worlds/answer-world.ts'

const ask = async (question: string, ...pages: readonly Page[]) => answerFrom(question, [...pages, ...fillers(60)])

/** How likely a page is, as a share of the likeliest one. */
function shareOf(title: string, { candidates }: Pick<Awaited<ReturnType<typeof ask>>['rated'], 'candidates'>): number {
  const best = Math.max(...candidates.map(({ probability }) => probability))
  return (candidates.find(({ passage }) => passage.title === title)?.probability ?? 0) / best
}

const BEST = { title: 'Ovens', text: 'A kiln hardens clay and glaze.' }
const QUESTION = 'Which kiln hardens clay, glaze and brick?'
const FURTHER = 'A kiln hardens clay and brick.'

/** A page with a further word of the question, which is the less likely the more is before it. */
function pageAfter(count: number): Page {
  return { title: 'Pots', text: `${'We sell pots.\n\n'.repeat(count)}${FURTHER}` }
}

t.test('another section with a further word of the question is quoted from a quarter of the likeliest one', async t => {
  for (const [count, isQuoted] of [
    [3, true],
    [8, false],
  ] as const) {
    const { rated, text } = await ask(QUESTION, BEST, pageAfter(count))
    const share = shareOf('Pots', rated)
    t.ok(isQuoted ? share > 0.25 && share < 0.5 : share > 0.1 && share < 0.25, `${share}`)
    t.equal(text.includes(FURTHER), isQuoted, text)
  }
})

t.test('of several questions, another section is quoted from half of the likeliest one', async t => {
  const bus = { title: 'Bus', text: 'The bus station is at the lake.' }
  for (const [count, isQuoted] of [
    [1, true],
    [3, false],
  ] as const) {
    const { rated, text } = await ask(`${QUESTION} Where is the bus station?`, BEST, pageAfter(count), bus)
    const share = shareOf('Pots', rated)
    t.ok(isQuoted ? share > 0.5 : share > 0.25 && share < 0.5, `${share}`)
    t.match(text, bus.text)
    t.equal(text.includes(FURTHER), isQuoted, text)
  }
})

t.test('a passage that is by far the likeliest is quoted from its beginning, if it fills the room', async t => {
  const history = Array.from({ length: 9 }, (_, i) => `Potters of town ${i} met in the hall to talk about their ${i} plans.`)
  const text = `${history.join('\n\n')}\n\nThe kiln hardens clay at 900 degrees.`
  t.ok(text.length > 480 && text.length < 800, `${text.length}`)
  const { text: reply } = await ask('Which kiln hardens clay?', { title: 'Kiln', text })
  t.match(reply, 'Potters of town 0')
  t.match(reply, 'hardens clay at 900 degrees')
})

t.test('a long list is not shown by the names of its items if one of them answers', async t => {
  const items = Array.from(
    { length: 30 },
    (_, i) => `- **Oven ${i}**: It is sold with a red door, and with a shelf of stone or steel.`,
  )
  items[20] = '- **Oven 20**: It has a turbo burner, and is sold with a red door of stone.'
  const { text } = await ask('Which ovens with a turbo burner are there?', { title: 'Ovens', text: items.join('\n') })
  t.match(text, 'It has a turbo burner, and is sold')
})

t.test('commands for further tools are left out if those of the first one are in the passage before', async t => {
  const page = { documentId: 'm', title: 'Kiln', headings: ['Install the kiln'] }
  const first = 'Install the kiln.\n\nnpm:\n\n```sh\nnpm install kiln\n```'
  const further = 'pnpm:\n\n```sh\npnpm install kiln\n```\n\nThen start the kiln.'
  const { text } = await ask('how do I install the kiln?', { ...page, text: first }, { ...page, ordinal: 1, text: further })
  t.match(text, 'npm install kiln')
  t.match(text, 'Then start the kiln.')
  t.notMatch(text, 'pnpm')
})

t.test('a mark is before a sentence that refers to one that is not quoted, at the end of the passage before', async t => {
  const page = { documentId: 'm', title: 'Kiln', headings: ['Doors'] }
  const noise = Array.from({ length: 12 }, (_, i) => `Potters of town ${i} met in the hall to talk about their ${i} plans.`)
  const before = { ...page, text: 'The door of a kiln is red.' }
  const after = { ...page, ordinal: 1, text: 'This door of a kiln is thick.' }
  const cut = await ask('Which door has a kiln?', { ...before, text: `${before.text}\n\n${noise.join('\n\n')}` }, after)
  t.match(cut.text, '…\n\nThis door')
  const whole = await ask('Which door has a kiln?', before, after)
  t.match(whole.text, 'This door')
  t.notMatch(whole.text, '…')
})

t.test('a text is about a side of a comparison if it has half of its words, and not only the first', async t => {
  const { text } = await ask(
    'active vs passive health checks',
    { title: 'Active health checks', text: 'Active health checks send requests.' },
    { title: 'Passive', text: 'The passive voice of a verb.' },
    { title: 'Probes', text: 'Here, passive health checks read the replies.' },
  )
  t.match(text, 'passive health checks read the replies')
})
