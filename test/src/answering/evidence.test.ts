import t from 'tap'
import { answerFrom, fillers, type Page } from '../../worlds/answer-world.ts'

const evidenceOf = async (question: string, ...pages: readonly Page[]) =>
  (await answerFrom(question, [...pages, ...fillers(60)])).rated.evidence

t.test('a passage that is likelier than the others is more evidence than one of two', async t => {
  const text = 'A kiln hardens clay.'
  const alone = await evidenceOf('kiln hardens clay', { text }, { text: 'Kiln.' }, { text: 'Hardens.' }, { text: 'Clay.' })
  const shared = await evidenceOf('kiln hardens clay', { text }, { text }, { text: 'Oven.' }, { text: 'Door.' })
  t.ok(alone.confidence > shared.confidence, `${alone.confidence} ${shared.confidence}`)
})

t.test('words of the question that are near each other are more evidence than scattered ones', async t => {
  const near = await evidenceOf('kiln vents', { text: 'The kiln vents are next to the door and under the shelf in the yard.' })
  const far = await evidenceOf('kiln vents', { text: 'The kiln is next to the door and under the shelf in the yard vents.' })
  t.ok(near.confidence > far.confidence, `${near.confidence} ${far.confidence}`)
})

t.test('words of the question in neighbouring sentences are more evidence than in distant ones', async t => {
  const between = ['It is next to the door.', 'It is under the shelf.', 'It is in the yard.']
  const [near, far] = await Promise.all(
    [
      ['We sell a kiln.', 'It has some large vents.', ...between],
      ['We sell a kiln.', ...between, 'It has some large vents.'],
    ].map(sentences => evidenceOf('kiln vents', { text: sentences.join(' ') })),
  )
  t.equal(near!.pairs, far!.pairs)
  t.ok(near!.confidence > far!.confidence, `${near!.confidence} ${far!.confidence}`)
})

t.test('a rare word that few passages contain is less evidence than one that many contain', async t => {
  const answer = { title: 'Zorbl', text: 'Zorbl.' }
  const others = Array.from({ length: 4 }, (_, i) => ({ text: `Shop ${i} sells tea, pots, cups and, on some days, a zorbl.` }))
  const few = await evidenceOf('zorbl', answer, ...others.map(({ text }) => ({ text: text.replace('zorbl', 'spoon') })))
  const many = await evidenceOf('zorbl', answer, ...others)
  t.ok(many.confidence > few.confidence, `${many.confidence} ${few.confidence}`)
})

t.test('more than eight words of a question are no more evidence', async t => {
  const words = 'kiln clay glaze vent brick shelf flame burner cone wheel pots'.split(' ')
  const [seven, eight, eleven] = await Promise.all(
    [7, 8, 11].map(async count => {
      const own = words.slice(0, count).join(' ')
      return (await evidenceOf(own, { text: `${own}.` })).confidence
    }),
  )
  t.ok(seven! < eight!, `${seven} ${eight}`)
  t.equal(eight, eleven)
})

t.test('of two equally rare English words, the one that most passages contain weighs less', async t => {
  const product = Array.from({ length: 200 }, () => ({ text: 'The quaxit flowers bloom.' }))
  const { covered } = await evidenceOf('quaxit zorbl', { text: 'Here is a zorbl.' }, ...product)
  t.ok(covered > 0.6, `${covered}`)
})

t.test('a synonym counts half of its word', async t => {
  const covered = async (verb: string) => (await evidenceOf('delete a kiln', { text: `You can ${verb} a kiln.` })).covered
  const [same, similar, other] = await Promise.all(['delete', 'remove', 'paint'].map(covered))
  t.ok(Math.abs(similar! - (same! + other!) / 2) < 1e-9, `${same} ${similar} ${other}`)
  t.ok(similar! > other!)
})

t.test('a refusal names only sections with much of the question, and much of it in their names', async t => {
  const message = 'kiln clay glaze vent brick shelf flame burner cone wheel'
  const pages: Page[] = [
    { title: 'Oven', text: `${message}.` },
    { title: 'Shelf flame burner', text: 'Nothing.' },
    { title: 'Kiln clay glaze', text: 'vent brick' },
  ]
  const { suggestions, confidence } = await answerFrom(message, [...pages, ...fillers(60)], { threshold: 1 })
  t.ok(confidence >= 0.2, `${confidence}`)
  t.same(suggestions, ['Kiln clay glaze'])
})
