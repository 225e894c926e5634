import fc from 'fast-check'
import t from 'tap'
import { createAnswerer } from '../../../src/answering/answerer.ts'
import { abstains } from '../../../src/answering/confidence.ts'
import { toQuery } from '../../../src/answering/search-in-context.ts'
import { chooseWeights } from '../../../src/answering/word-weight.ts'
import { createSearchEngine } from '../../../src/search/passage-search.ts'
import { analyse } from '../../../src/text/analysis.ts'
import { analysePassage } from '../../../src/text/passages/passage-analysis.ts'
import { loadTexts } from '../../../src/wording/texts-loader.ts'

const passage = (text: string, title = '') => ({
  documentId: 'd',
  ordinal: 0,
  title,
  headings: [],
  location: 'd',
  text,
  score: 1,
})
const { read, plan, rate } = createAnswerer({ threshold: 0.4, answerLength: 800, texts: loadTexts() })

/** Weighs passages with the statistics that the search engine has of them. */
function weigh(question: string, passages: readonly ReturnType<typeof passage>[]) {
  const engine = createSearchEngine()
  for (const [i, one] of passages.entries()) engine.replace(`d${i}`, one.title, [one])
  const planned = plan(read(question), [])
  const { terms, contextTerms, scored } = engine.search(...toQuery(planned))
  const matchedTerms = [...terms, ...contextTerms].map(({ term }) => term)
  const retrieved = passages.map(one => ({ ...one, ...analysePassage(one, matchedTerms) }))
  return rate(planned, { passages: retrieved, terms, contextTerms, corrections: [], matchedTerms, scored }).evidence
}

const confidence = (question: string, ...texts: string[]) =>
  weigh(
    question,
    texts.map(text => passage(text)),
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
  t.equal(weigh('return a mattress', [passage('', 'Return a mattress')]).confidence, 0)
})

t.test('the shown confidence decides, and nothing found is a fallback at any threshold', async t => {
  const evidence = weigh('Can I return my mattress?', [passage(RETURNS)])
  t.equal(evidence.confidence, Number(evidence.confidence.toFixed(4)))
  t.equal(abstains(evidence, evidence.confidence), false)
  t.equal(abstains(evidence, evidence.confidence + 1e-4), true)
  t.equal(abstains(evidence, 0), false)
  t.equal(abstains(weigh('mattress', []), 0), true)
})

t.test('the engine’s scores count only through the odds of the best passage', async t => {
  const [low, high] = [1, 0.1].map(score => {
    const other = { ...passage('A mattress can be sold. You may return to it.'), score }
    const { confidence: _, contributions, mass, ...shares } = weigh('return a mattress', [passage(RETURNS), other])
    return { contributions: { ...contributions, mass: 0 }, mass, shares }
  })
  t.same(low!.shares, high!.shares)
  t.same(low!.contributions, high!.contributions)
  t.ok(low!.mass < high!.mass, `${low!.mass} ${high!.mass}`)
})

t.test('questions in other languages are weighed too', async t => {
  const german = 'Die Rückgabe ist kostenlos. Matratzen können innerhalb von 100 Nächten zurückgegeben werden.'
  t.ok(confidence('Wie lange können Matratzen zurückgegeben werden?', german) > 0.35)
  t.ok(confidence('Wer ist der König von Dänemark?', german) < 0.2)
  t.ok(confidence('塔有多高', '塔有三百三十米高。') > confidence('海有多深', '塔有三百三十米高。'))
})

t.test('a synonym counts in the absence of its word, but less', async t => {
  const says = (verb: string) => `Projects. You can ${verb} a project in its settings.`
  const [same, similar, other] = ['delete', 'remove', 'paint'].map(verb => confidence('How do I delete a project?', says(verb)))
  t.ok(same! > similar! && similar! > other!, `${same} ${similar} ${other}`)
})

t.test('a word that is missing counts less in a small collection', async t => {
  const others = Array.from({ length: 400 }, (_, i) => `Page ${i} is about gardens.`)
  const small = weigh('Can I return a mattress in Reykjavik?', [passage(RETURNS)])
  const large = weigh('Can I return a mattress in Reykjavik?', [passage(RETURNS), ...others.map(text => passage(text))])
  t.ok(small.coveredInSmall > large.coveredInSmall)
  t.ok(small.confidence > large.confidence, `${small.confidence} ${large.confidence}`)
})

t.test('evidence is bounded, whatever the question and the text', async t => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('mattress', 'return a mattress', '塔有多高', '2014'))
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 7 }), (question, texts) => {
      const {
        words,
        unknownIdentifiers,
        contributions: _,
        ...shares
      } = weigh(
        question,
        texts.map(text => passage(text)),
      )
      return words >= 0 && unknownIdentifiers >= 0 && Object.values(shares).every(share => share >= 0 && share <= 1 + 1e-9)
    }),
    { numRuns: 300 },
  )
  t.pass()
})

t.test('the contributions of the features add up to the confidence', async t => {
  for (const question of ['How do I return a mattress?', 'How do I return a zebra_crossing?', 'mattress']) {
    const { confidence, contributions } = weigh(question, [passage('You can return a mattress within 100 days.')])
    const sum = Object.values(contributions).reduce((total, value) => total + value, 0)
    t.equal(confidence, Math.round(10_000 / (1 + Math.exp(-sum))) / 10_000, question)
  }
  const { contributions } = weigh('How do I return a zebra_crossing?', [passage('You can return a mattress within 100 days.')])
  t.ok(contributions.constant! < 0 && contributions.unknownIdentifiers! < 0 && contributions.words! > 0)
  t.same(weigh('zebra', [passage('You can return a mattress.')]).contributions, {})
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
