import fc from 'fast-check'
import t from 'tap'
import { abstains, weighEvidence, withEvidence } from '../../../src/answering/confidence.ts'
import { createLetterGroups } from '../../../src/answering/letter-groups.ts'
import { chooseWeights } from '../../../src/answering/word-weight.ts'
import { analyse } from '../../../src/search/text/analysis.ts'

const passage = (text: string, title = '') => ({
  documentId: 'd',
  ordinal: 0,
  title,
  headings: [],
  location: 'd',
  text,
  score: 1,
})
const confidence = (question: string, ...texts: string[]) =>
  weighEvidence(
    question,
    texts.map(text => passage(text)),
    analyse,
  ).confidence

const RETURNS = 'Returns are free. You can return a mattress within 100 nights. Write to us and a courier collects it.'

t.test('an answerable question has a higher confidence than a related one, and that a higher one than nonsense', async t => {
  const known = confidence('Can I return my mattress?', RETURNS)
  const neighbour = confidence('Can I sell my mattress?', RETURNS)
  const nonsense = confidence('Who is the king of Denmark?', RETURNS)
  t.ok(known > 0.5 && known > neighbour && neighbour > nonsense && nonsense < 0.1, `${known} ${neighbour} ${nonsense}`)
})

t.test('a question of stop words only has no confidence', async t => {
  for (const question of ['', '?!', 'what is it', 'how do you do']) t.equal(confidence(question, 'What is it? How do you do?'), 0)
})

t.test('confidence is 0 if no passage contains a word of the question', async t => {
  t.equal(confidence('mattress'), 0)
  t.equal(confidence('mattress', 'Nothing of the kind.'), 0)
})

t.test('a passage without text is no evidence, whatever its title', async t => {
  t.equal(weighEvidence('return a mattress', [passage('', 'Return a mattress')], analyse).confidence, 0)
})

t.test('the shown confidence decides, and nothing found is a fallback at any threshold', async t => {
  const evidence = weighEvidence('Can I return my mattress?', [passage(RETURNS)], analyse)
  t.equal(evidence.confidence, Number(evidence.confidence.toFixed(4)))
  t.equal(abstains(evidence, evidence.confidence), false)
  t.equal(abstains(evidence, evidence.confidence + 1e-4), true)
  t.equal(abstains(evidence, 0), false)
  t.equal(abstains(weighEvidence('mattress', [], analyse), 0), true)
})

t.test('a search result carries the evidence of its passages', async t => {
  const found = { passages: [passage(RETURNS)], terms: [], corrections: [], scored: 1 }
  const retrieve = withEvidence(async () => found, analyse)
  t.same(await retrieve('return a mattress', 1), {
    ...found,
    evidence: weighEvidence('return a mattress', found.passages, analyse),
  })
})

t.test('the engine’s scores do not matter', async t => {
  const [low, high] = [1, 1000].map(score => weighEvidence('return a mattress', [{ ...passage(RETURNS), score }], analyse))
  t.same(low, high)
})

t.test('a misspelt question keeps part of its confidence', async t => {
  t.ok(confidence('a matress for nights', RETURNS) > confidence('a castle for nights', RETURNS))
})

t.test('a heading counts like a sentence', async t => {
  const { words } = weighEvidence('mattress sizes', [passage('We have three.', 'Mattress sizes')], analyse)
  t.equal(words, 1)
})

t.test('questions in other languages are weighed too', async t => {
  const german = 'Die Rückgabe ist kostenlos. Matratzen können innerhalb von 100 Nächten zurückgegeben werden.'
  t.ok(confidence('Wie lange können Matratzen zurückgegeben werden?', german) > 0.5)
  t.ok(confidence('Wer ist der König von Dänemark?', german) < 0.2)
  t.ok(confidence('塔有多高', '塔有三百三十米高。') > confidence('海有多深', '塔有三百三十米高。'))
})

t.test('evidence is bounded, whatever the question and the text', async t => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('mattress', 'return a mattress', '塔有多高', '2014'))
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 7 }), (question, texts) => {
      const { matched, ...shares } = weighEvidence(
        question,
        texts.map(text => passage(text)),
        analyse,
      )
      return matched >= 0 && Object.values(shares).every(share => share >= 0 && share <= 1 + 1e-9)
    }),
    { numRuns: 300 },
  )
  t.pass()
})

t.test('rare words weigh more than frequent ones, stop words least, and a number less than a rare word', async t => {
  const weigh = chooseWeights(analyse('how do I install the file'))
  const [the, file, zebra, year] = analyse('the file zebrafish 2014').map(weigh)
  t.ok(the! < file! && file! < year! && year! < zebra!)
})

t.test('for a question in another language, long words weigh more than short ones', async t => {
  const weigh = chooseWeights(analyse('der hund und die katze'))
  const [short, long] = analyse('der krankenwagen').map(weigh)
  t.ok(short! < long!)
})

t.test('letter groups fold case and Latin diacritics, and count a shared group once', async t => {
  const groups = createLetterGroups('Café')
  t.equal(groups.size, 3)
  t.same(groups.count('CAFE cafe'), { shared: 3, total: 8 })
  t.same(groups.count('x'), { shared: 0, total: 0 })
  t.same(createLetterGroups('').size, 0)
})
