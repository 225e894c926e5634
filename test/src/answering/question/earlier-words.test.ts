import t from 'tap'
import { answerFrom, fillers, type Page } from '../../../worlds/answer-world.ts'

const turn = (question: string) => ({ question, title: '', quoted: '' })

t.test('the words of the last question outvote those of the one before', async t => {
  const hotels: readonly Page[] = ['Grand', 'Royal'].map(title => ({ title, text: `The ${title} serves breakfast.` }))
  const turns = ['Where is the Grand?', 'Where is the Royal?'].map(turn)
  for (const pages of [hotels, hotels.toReversed()]) {
    const ask = async (own: typeof turns) => answerFrom('and breakfast?', [...pages, ...fillers(60)], { turns: own })
    t.equal((await ask(turns)).sources[0]?.title, 'Grand')
    t.equal((await ask(turns.toReversed())).sources[0]?.title, 'Royal')
  }
})

t.test('a further question of one content word has the topic of the question before it', async t => {
  const pages: readonly Page[] = [
    { title: 'Houses', headings: ['Brokers'], text: 'Agents in suits can sell houses.' },
    { title: 'Celery', text: 'Install Celery with pip.' },
    { title: 'Celery', headings: ['Brokers'], text: 'Redis and RabbitMQ can carry messages.' },
  ]
  const { rated, text } = await answerFrom('How do I install Celery and which brokers are there?', [...pages, ...fillers(60)])
  t.same(
    rated.further?.map(({ plan }) => plan.question.text),
    ['which brokers are there?'],
  )
  t.match(text, 'Redis and RabbitMQ')
  t.notMatch(text, 'sell houses')
})

t.test('a further question of more content words names its topic', async t => {
  const { rated } = await answerFrom('Where is Celery? Where do brokers sell houses?', [
    { text: 'Celery is here. Brokers sell houses.' },
  ])
  t.same(
    rated.further?.map(({ plan }) => [plan.question.text, plan.context.filter(({ text }) => /celery/i.test(text))]),
    [['Where do brokers sell houses?', []]],
  )
})
