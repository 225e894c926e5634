import t from 'tap'
import { PassageIndex } from '../../../../src/search/index/passage-index.ts'
import { readPassage } from '../../../../src/search/index/passage-segments.ts'
import { createSearchEngine } from '../../../../src/search/passage-search.ts'
import { createSpellingCorrector } from '../../../../src/search/query/spelling-corrector.ts'

function engineOf(...texts: readonly string[]) {
  const engine = createSearchEngine()
  for (const [i, text] of texts.entries()) engine.replace(`${i}`, `${i}`, [{ ordinal: 0, headings: [], text }])
  return engine
}

const corrections = (engine: ReturnType<typeof engineOf>, query: string) => engine.search(query, 10).corrections

t.test('a misspelt word finds the same passages as the correct word, and the correction is reported', async t => {
  const engine = engineOf('you will receive a parcel', 'nothing else')
  const { hits, corrections, terms } = engine.search('when do I recieve it', 10)
  t.equal(hits[0]!.documentId, '0')
  t.same(corrections, [{ word: 'recieve', term: 'receiv' }])
  t.match(terms.at(-2), { word: 'recieve', documentFrequency: 0 })
})

t.test('transposed, missing, doubled and wrong letters are corrected: one, and two in long words', async t => {
  const engine = engineOf('environmentally minded users of the container', 'kubernetes')
  for (const word of ['contianer', 'contaner', 'containner', 'contaimer', 'enviromnental', 'kubrenetse'])
    t.equal(corrections(engine, word).length, 1, word)
  for (const word of ['cntaienr', 'conductor', 'cat', 'vari', 'x1container']) t.same(corrections(engine, word), [], word)
})

t.test('a mistake in an ending is corrected, though it leaves another stem', async t => {
  const engine = engineOf('the components of an installation')
  t.same(corrections(engine, 'componenbts'), [{ word: 'componenbts', term: 'compon' }])
  t.same(corrections(engine, 'installatoin'), [{ word: 'installatoin', term: 'instal' }])
})

t.test('the closest word is chosen, and among equally close words the most frequent', async t => {
  const engine = engineOf('planets', 'planets', 'plaints', 'plants')
  t.same(corrections(engine, 'planent'), [{ word: 'planent', term: 'planet' }])
  t.same(corrections(engineOf('blasters', 'blankers', 'blankers'), 'blaskers'), [{ word: 'blaskers', term: 'blanker' }])
})

t.test('words that only look like mistakes are not corrected', async t => {
  const engine = engineOf('ondelete reading reuse recipient official proved stack componentwise residents')
  const other = ['undelete', 'president']
  const frequent = ['refused', 'recipe', 'office']
  const short = ['stick', 'probe']
  for (const word of [...other, ...frequent, ...short]) t.same(corrections(engine, word), [], word)
  for (const word of ['stakc', 'nodelete', 'resiednts']) t.equal(corrections(engine, word).length, 1, word)
  const names = engineOf('Storyblok is a content system', 'workflow')
  t.same(corrections(names, 'storybook'), [], 'two English words in one are a name')
  t.equal(corrections(names, 'workfolw').length, 1)
})

t.test('English words are not corrected, whatever their ending', async t => {
  const engine = engineOf('patterns launch broken compatible coworking')
  for (const word of ['paternity', 'lunch', 'lunches', 'broke', 'compactors', 'coworkers'])
    t.same(corrections(engine, word), [], word)
  for (const word of ['pattenrs', 'lauch', 'compatibel']) t.equal(corrections(engine, word).length, 1, word)
})

t.test('a mistake is corrected where the stem of the right word differs', async t => {
  const engine = engineOf('deploy the adapters', 'deploy', 'deeply')
  t.same(corrections(engine, 'deply adapterrs'), [
    { word: 'deply', term: 'deploy' },
    { word: 'adapterrs', term: 'adapt' },
  ])
})

t.test('a word that occurs in a document is not corrected', async t => {
  t.same(corrections(engineOf('from here', 'a form to fill'), 'form'), [])
})

t.test('words of other alphabets are corrected', async t => {
  const pairs = { сервкр: 'сервер', σφάλμο: 'σφάλμα', שרתימ: 'שרתים', հայերեմ: 'հայերեն' }
  const engine = engineOf(Object.values(pairs).join(' '))
  for (const [misspelt, term] of Object.entries(pairs)) t.match(corrections(engine, misspelt), [{ term }], misspelt)
})

t.test('the number of comparisons is bounded for words without a correction', async t => {
  const ends = ['ation', 'ment', 'able', 'ness', 'ical', 'press', 'form', 'ship']
  const words = ends.flatMap(a => ends.flatMap(b => ends.flatMap(c => ends.map(d => a + b + c + d))))
  const index = new PassageIndex()
  index.add('a', 0, readPassage('a', '', { ordinal: 0, headings: [], text: words.join(' ') }))
  const corrector = createSpellingCorrector(index)
  for (const word of words.map(word => `${word[0]}xz${word.slice(6)}jqw`)) t.equal(corrector.correct(word, word), undefined)
  t.ok(corrector.compared > 100 && corrector.compared <= 20_000, `${corrector.compared}`)
  t.equal(corrector.correct(`${words[0]}s`, `${words[0]}s`), undefined, 'the limit of eight words is used up')
})

t.test('at most eight words of a query are corrected', async t => {
  const words = Array.from(
    { length: 400 },
    (_, i) => `zz${String.fromCharCode(97 + (i % 26), 97 + ((i * 7) % 26), 97 + ((i * 3) % 26))}word`,
  )
  const engine = engineOf(words.join(' '))
  const misspelt = words.map(word => word.replace('word', 'wrod')).join(' ')
  t.ok(corrections(engine, misspelt).length <= 8)
})
