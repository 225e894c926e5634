import t from 'tap'
import { createAnswerer } from '../../../src/answering/answerer.ts'
import { readContextDependence } from '../../../src/answering/question/context-dependence.ts'
import { type PastTurn, planSearch } from '../../../src/answering/question/follow-up.ts'
import { readQuestion } from '../../../src/answering/question/question.ts'
import { createPlannedSearch, searchInContext } from '../../../src/answering/search-in-context.ts'
import { createTrialService } from '../../../src/cli/trial-service.ts'
import { analysePassage } from '../../../src/text/passages/passage-analysis.ts'
import { loadTexts } from '../../../src/wording/texts-loader.ts'
import { answerFrom } from '../../worlds/answer-world.ts'

const PAGES = {
  'Install on Debian': 'To install Postgres on Debian use apt.',
  'Install on Windows': 'To install Postgres on Windows run the installer.',
  'Tune on Windows': 'The memory of Windows can be tuned. Windows, Windows.',
  'Grand Hotel': 'The Grand Hotel serves breakfast until ten.',
  'Sunrise Hotel': 'The Sunrise Hotel serves breakfast until noon.',
}

/**
 * Asks a question about a few documents after these turns, newest first. Returns the best title,
 * the context, and how often turns were read.
 */
async function ask(message: string, turns: readonly PastTurn[]) {
  const pages = Object.entries(PAGES).map(([title, text]) => ({ title, text }))
  const { rated, turnsRead } = await answerFrom(message, pages, { turns })
  return { first: rated.passages[0]?.title, context: rated.plan.context, asked: turnsRead }
}

function planContext(message: string, turns: readonly PastTurn[]) {
  return planSearch(readQuestion(message), turns).context
}

const INSTALLED = [{ question: 'How do I install Postgres on Debian?', title: 'Install on Debian', quoted: '' }]

t.test('"And on Windows?" after a question about installation is about installation', async t => {
  t.equal((await ask('And on Windows?', [])).first, 'Tune on Windows')
  const { first, context } = await ask('And on Windows?', INSTALLED)
  t.equal(first, 'Install on Windows')
  t.match(context.map(({ text }) => text).join(' '), /install/)
})

t.test('the words of the message outvote those of the turns before', async t => {
  const documents = Object.entries({
    'Paid leave': 'Everyone has 28 days of paid leave a year. Request leave in the calendar.',
    Expenses: 'Send receipts to the finance team within 30 days. Hotels and trains are paid back.',
  }).map(([title, text]) => ({ id: title, title, text }))
  const { converse } = await createTrialService(documents, { threshold: 0.4, clock: () => 0 })
  const { plain } = await converse(['How many days of paid leave do I have?', 'and trains?'])
  t.match(plain, /^Expenses/)
})

t.test('the subject named by a reply is the subject of the next question', async t => {
  const turns = [
    { question: 'and the phone number?', title: '', quoted: '' },
    { question: 'which hotel is good?', title: 'Sunrise Hotel', quoted: '' },
  ]
  t.equal((await ask('do they serve breakfast there?', turns)).first, 'Sunrise Hotel')
})

t.test('all words of a title count, of a longer reply only the rare ones', async t => {
  const [title] = planContext('and the level?', [{ question: '', title: 'Logging', quoted: '' }])
  t.same(title, { text: 'logging', weight: 0.3 })
  const reply = 'there is one file that you can find in the directory and it is called zebrafish'
  t.same(planContext('and how does that one work then?', [{ question: '', title: '', quoted: reply }])[0]?.text, 'zebrafish')
})

t.test('for a self-contained message, earlier turns are not read', async t => {
  const { first, context, asked } = await ask('How is the memory of Windows tuned?', INSTALLED)
  t.same({ first, context, asked }, { first: 'Tune on Windows', context: [], asked: 0 })
})

t.test('a whole question of one content word is self-contained, a phrase is not', async t => {
  t.match(await ask('Where is Windows?', INSTALLED), { asked: 0 })
  t.match(await ask('Windows?', INSTALLED), { asked: 1 })
  t.match(await ask('Does Windows work too?', INSTALLED), { asked: 1 })
})

t.test('a message that may need context is not misled by it', async t => {
  const { first } = await ask('how does it serve breakfast on the Grand Hotel', INSTALLED)
  t.equal(first, 'Grand Hotel')
})

t.test('a self-contained message finds the same passages in the middle of a session', async t => {
  const messages = [
    'So when does the Grand Hotel serve breakfast?',
    'And the Grand Hotel?',
    'Ok the Grand Hotel serves it until when?',
    'Plus breakfast of the Grand Hotel',
    'No breakfast on the Grand Hotel',
  ]
  for (const message of messages) t.equal((await ask(message, INSTALLED)).first, (await ask(message, [])).first, message)
})

t.test('in a new session there is no context', async t => {
  t.same((await ask('And on Windows?', [])).context, [])
})

t.test('each earlier word counts once, with its highest weight, without stop words and words of the message', async t => {
  const turns = [
    { question: 'is the zebrafish blue', title: '', quoted: '' },
    { question: 'what is a zebrafish', title: 'Zebrafish Wikipedia', quoted: '' },
  ]
  t.same(planContext('and its colour, blue?', turns), [
    { text: 'zebrafish', weight: 0.5 },
    { text: 'wikipedia', weight: 0.1 },
  ])
  t.same(planContext('and?', [{ question: 'is it the one', title: '', quoted: '' }]), [])
})

t.test('a message that refers back depends on context, one that names its subject does not', async t => {
  const expected = {
    dependent: [
      'And on Windows?',
      'what about gunicorn',
      'ok and do they deliver?',
      'Can I park my bike there?',
      'Thanks! How does it work?',
      'y en Windows?',
      '¿Y en Windows?',
      'Plus, does it have wifi?',
      'no what about Windows',
    ],
    'maybe-dependent': [
      'So what is the default port of the server?',
      'HOW DOES IT WORK?',
      'How does it work?',
      'do they deliver?',
      'ok how do I install Postgres?',
      'What does that mean?',
    ],
    'self-contained': [
      'How do I install Postgres?',
      'How many distributions are there?',
      'Is it true that cats sleep a lot?',
      'When did the movement that would become Debian begin?',
      'Who did the Broncos beat to win their division?',
      'Does Postgres keep its files in one folder?',
      'Y axis label',
      'Plus addressing in email',
      'OR operator precedence',
      'Instead of npm, can I use yarn',
      'No space left on device',
      'IT support phone number',
      'Good practices for logging',
      '',
    ],
  }
  for (const [dependence, messages] of Object.entries(expected)) {
    for (const message of messages) t.equal(readContextDependence(message), dependence, message)
  }
})

// Work that is not linear would exceed the time limit of the test file.
t.test('hostile messages are read to their end', async t => {
  for (const message of ['ok '.repeat(1e6), 'it '.repeat(1e6), ' '.repeat(1e6), 'is it '.repeat(1e6), '.'.repeat(1e6)]) {
    t.match(readContextDependence(message), /^(self-contained|maybe-dependent|dependent)$/, message.slice(0, 6))
  }
})

t.test('where headings are questions, the question words are searched for too', async t => {
  const answerer = createAnswerer({ threshold: 0, answerLength: 800, texts: loadTexts() })
  const queriesFor = async (title: string) => {
    const queries: string[] = []
    const stored = { documentId: 'd', ordinal: 0, title, headings: [], location: 'd', text: 'Masks protect.' }
    const passage = { ...stored, score: 1, ...analysePassage(stored, []) }
    const search = createPlannedSearch(async query => {
      queries.push(query)
      return { passages: [passage], terms: [], contextTerms: [], corrections: [], matchedTerms: [], scored: 1 }
    }, answerer)
    await searchInContext('How do I wear my new mask?', { answerer, search, pastTurns: async () => [] })
    return queries
  }
  t.same(await queriesFor('Masks'), ['wear new mask?'])
  t.same(await queriesFor('How is a mask worn?'), ['wear new mask?', 'How do I wear my new mask?'])
})

t.test('"that" in a clause about a noun refers to no earlier turn', async t => {
  for (const message of [
    'Which colour is the flower that won the award?',
    'What is the colour of the car that the president drives?',
  ])
    t.equal(readQuestion(message).dependence, 0, message)
  for (const message of ['what does that cost?', 'is there more about those?', 'how do i change that'])
    t.ok(readQuestion(message).dependence > 0, message)
})
