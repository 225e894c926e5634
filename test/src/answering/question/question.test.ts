import t from 'tap'
import { readQuestion } from '../../../../src/answering/question/question.ts'

t.test('a question asks for a fact if a name, a number, a reason, a list or a verdict answers it', t => {
  for (const fact of [
    'Which port is it?',
    'and where are the logs',
    'Why is it slow?',
    'how many pots are there',
    'Is tea hot?',
    'what is tea',
    'list all teas',
    'warum ist der Tee kalt',
  ])
    t.ok(readQuestion(fact).asksForFact, fact)
  for (const task of ['install it', 'How do I make tea?', 'tea without milk']) t.notOk(readQuestion(task).asksForFact, task)
  t.end()
})
