import t from 'tap'
import { coverage, toWeightedTerms } from '../../../../src/answering/likeness.ts'
import { readQuestion } from '../../../../src/answering/question/question.ts'

const synonyms = (message: string) => readQuestion(message).synonyms.map(({ word }) => word)

t.test('words that documentation may use instead are found, by group and by expression', async t => {
  t.ok(synonyms('delete a session').includes('remove'))
  t.ok(synonyms('how do i get rid of a session').includes('delete'))
  t.ok(synonyms('can I switch the dark mode on?').includes('enable'))
  t.ok(synonyms('wie kann ich das Konto löschen').includes('entfernen'))
  t.same(synonyms('zebrafish'), [])
})

t.test('each synonym is found once, and never a word of the question', async t => {
  const found = synonyms('delete or remove, erase and get rid of a user account')
  t.equal(new Set(found).size, found.length)
  for (const word of ['delete', 'remove', 'erase', 'user', 'account']) t.notOk(found.includes(word), word)
})

t.test('a synonym names the word that it replaces', async t => {
  const { synonyms } = readQuestion('I want to get rid of a session')
  t.match(
    synonyms.find(({ word }) => word === 'delete'),
    { of: 'rid' },
  )
})

t.test('two words may be one in the documents', async t => {
  const compounds = readQuestion('how do i set a rate limit or a health-check?').synonyms.filter(({ and }) => and !== undefined)
  t.same(
    compounds.map(({ word, of, and }) => [word, of, and]),
    [
      ['ratelimit', 'rate', 'limit'],
      ['healthcheck', 'health', 'check'],
    ],
  )
  const terms = [
    ['rate', 2],
    ['limit', 1],
  ] as const
  const weighted = toWeightedTerms(terms, compounds)
  t.equal(coverage(weighted.bits.get('ratelimit') ?? 0, weighted), 1)
})

t.test('words of a German question have other forms as synonyms, unlike those of an English one', async t => {
  for (const form of ['beantragen', 'beantragt', 'beantragung']) t.ok(synonyms('wie beantrage ich das?').includes(form), form)
  t.notOk(synonyms('which garages are there?').includes('garagen'))
})
