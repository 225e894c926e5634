import t from 'tap'
import { type BadFeedback, renderBadFeedback } from '../../../src/cli/feedback/bad-feedback.ts'

function answerOf(turn_id: string, question: string, changes: Partial<BadFeedback> = {}): BadFeedback {
  const base = {
    at: '2026-01-15T10:00:00.000Z',
    answer: 'An answer.',
    comment: undefined,
    document_id: undefined,
    confidence: 0.9,
  }
  return { ...base, turn_id, question, ...changes }
}

t.test('answers judged to be wrong are grouped, each question once with what users said', async t => {
  // The latest first, as the database gives them.
  const answers = [
    answerOf('t4', 'Where is my invoice?', { answer: 'The latest\nanswer.', comment: 'still wrong' }),
    answerOf('t3', 'Opening hours?'),
    answerOf('t2', 'where is my invoice', { comment: 'wrong', document_id: 'billing.md' }),
    answerOf('t1', 'Can I get an invoice by mail?', { comment: 'wrong' }),
  ]
  const text = renderBadFeedback({ name: 'bad_feedback', from: 'A', to: 'B', answers })
  t.same(text.split('\n'), [
    '4 answers were judged to be wrong from A to B',
    '',
    '3 ×  invoice mail',
    '  2 × Where is my invoice?',
    '      answered with confidence 0.90: The latest answer.',
    '      comment: still wrong',
    '      comment: wrong',
    '      the answer is in: billing.md',
    '      latest at 2026-01-15T10:00:00.000Z: pellucid logs --turn t4',
    '  1 × Can I get an invoice by mail?',
    '      answered with confidence 0.90: An answer.',
    '      comment: wrong',
    '      latest at 2026-01-15T10:00:00.000Z: pellucid logs --turn t1',
    '',
    '1 ×  opening hours',
    '  1 × Opening hours?',
    '      answered with confidence 0.90: An answer.',
    '      latest at 2026-01-15T10:00:00.000Z: pellucid logs --turn t3',
    '',
  ])
})

t.test('texts of users cannot control the terminal, nor add lines', t => {
  const changes = { answer: 'No\u001b[2J', comment: 'bad\u009b1m', document_id: 'a\nb\u0007.md' }
  const answers = [answerOf('t1', 'Where is\u001b]0;x\u0007 my\ninvoice?', changes)]
  const text = renderBadFeedback({ name: 'bad_feedback', from: 'A', to: 'B', answers })
  t.notMatch(text, /[^\P{Cc}\n]/u)
  t.match(text, '  1 × Where is\\u001b]0;x\\u0007 my invoice?\n')
  t.match(text, 'the answer is in: a b\\u0007.md\n')
  t.end()
})
