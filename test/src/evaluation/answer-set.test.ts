import t, { type Test } from 'tap'
import { holdsAnswerSet, readAnswerSet } from '../../../src/evaluation/answer-set.ts'
import { askAnswerSet, joinAsked } from '../../../src/evaluation/asked.ts'
import { calibrate } from '../../../src/evaluation/calibration.ts'
import type { Reply } from '../../../src/evaluation/reply.ts'
import { measureReplies } from '../../../src/evaluation/reply-figures.ts'

const lines = (...values: readonly unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('')

function writeFolder(t: Test, files: Readonly<Record<string, string>> = {}): string {
  return t.testdir({
    docs: { 'tea.md': '# Tea\n\nGreen tea is brewed at 75 degrees.\n' },
    'questions.jsonl': lines(
      { id: 'q1', question: 'How hot is green tea?', kind: 'fact', answer: [['75 degrees', '75 °C']] },
      { id: 'q2', question: 'and black tea?', answer: [['95'], ['degrees']], history: ['How hot is green tea?'] },
      { id: 'q3', question: 'Which tea is the oldest?', answer: [['white']] },
    ),
    'oos.jsonl': lines({ id: 'o1', question: 'Who wrote Hamlet?' }, { id: 'o2', question: 'Who painted it?' }),
    'phrasings.jsonl': lines(
      { phrasing: 'bare', question: 'brew tea', page: 'tea\\.md' },
      { phrasing: 'how do I', question: 'how do I brew tea?', page: 'coffee' },
    ),
    ...files,
  })
}

const answer = (plain: string, confidence: number, passages: readonly string[] = []): Reply => ({
  kind: 'answer',
  response: `**Tea**\n\n${plain}`,
  plain,
  confidence,
  sources: passages.map(passage => ({ location: 'docs/tea.md#brewing', passage })),
  tookMs: 1,
})
const refusal = (confidence: number): Reply => ({ ...answer("I don't know.", confidence), kind: 'fallback' })

const REPLIES: Readonly<Record<string, Reply>> = {
  'How hot is green tea?': answer('75\nDEGREES, and no more than that.', 0.95, ['Green tea is brewed at 75 degrees.']),
  'How hot is green tea? → and black tea?': answer('A black tea is hotter, as you may see:', 0.55, ['Black tea: 95 degrees.']),
  'Which tea is the oldest?': refusal(0.2),
  'Who wrote Hamlet?': answer('Shakespeare brewed tea, and so may you.', 0.6),
  'Who painted it?': refusal(0.05),
  'brew tea': answer('Green tea is brewed.', 0.7, ['Tea']),
  'how do I brew tea?': answer('Green tea is brewed.', 0.7, ['Tea']),
}

t.test('the replies to an answer set are measured', async t => {
  const set = await readAnswerSet(writeFolder(t))
  const asked = await askAnswerSet(set, async messages => REPLIES[messages.join(' → ')]!)
  const figures = measureReplies(asked)
  t.match(figures, {
    questions: 3,
    refused: 1,
    with_known_answer: 3,
    right: 1,
    in_sources: 2,
    follow_ups: 1,
    follow_ups_right: 0,
    out_of_scope: 2,
    out_of_scope_refused: 1,
    answered: 2,
    defective: 1,
    defects: { ends_in_colon: 1 },
    longest_passage: 34,
    phrasings: { bare: { asked: 1, missed: 0 }, 'how do I': { asked: 1, missed: 1 } },
  })
  t.equal(figures.mean_sources, 2 / 3)
  t.equal(figures.right_auroc, 1, 'the only right reply is the most confident')
  t.equal(figures.scope_auroc, 4 / 6)
  const both = measureReplies(joinAsked([asked, asked]))
  t.match(both, { questions: 6, right: 2, out_of_scope_refused: 2, phrasings: { bare: { asked: 2 } } })
})

t.test('calibration compares the confidence in each bin with the share of answerable questions', async t => {
  const { error, bins } = calibrate([
    { confidence: 1, isTrue: true },
    { confidence: 0.9, isTrue: true },
    { confidence: 0.12, isTrue: false },
    { confidence: 0.18, isTrue: true },
  ])
  t.match(bins, [
    { from: 0.1, to: 0.2, questions: 2, confidence: 0.15, answerable: 0.5 },
    { from: 0.9, to: 1, questions: 2, confidence: 0.95, answerable: 1 },
  ])
  t.ok(Math.abs(error - (2 * 0.35 + 2 * 0.05) / 4) < 1e-12, `${error}`)
})

t.test('figures without questions of a kind are undefined, not zero', async t => {
  const set = await readAnswerSet(writeFolder(t, { 'oos.jsonl': '' }))
  const { scope_auroc, calibration } = measureReplies(await askAnswerSet(set, async () => refusal(0.1)))
  t.same([scope_auroc, calibration], [undefined, undefined])
  t.equal(measureReplies({ questions: [], outOfScope: [], phrasings: [] }).right_auroc, undefined)
})

t.test('an answer set has other files than a judged collection', async t => {
  t.ok(holdsAnswerSet(writeFolder(t)))
  t.notOk(holdsAnswerSet(t.testdir({ 'corpus.jsonl': '', 'queries.jsonl': '', 'qrels.tsv': '' })))
  const phrasings = t.testdir({ docs: {}, 'phrasings.jsonl': lines({ phrasing: 'bare', question: 'tea', page: 'tea' }) })
  t.ok(holdsAnswerSet(phrasings))
  t.match(await readAnswerSet(phrasings), { questions: [], outOfScope: [], phrasings: { length: 1 } })
})

t.test('an unreadable answer set is reported with file and line', async t => {
  const refuse = (files: Readonly<Record<string, string>>, message: RegExp) =>
    t.rejects(readAnswerSet(writeFolder(t, files)), { code: 'COLLECTION_UNREADABLE', message })
  await refuse({ 'questions.jsonl': lines({ id: 'q', question: 'Tea?' }) }, /questions\.jsonl:1: It lacks a field/)
  await refuse({ 'questions.jsonl': lines({ id: 'q', question: 'Tea?', answer: [[]] }) }, /questions\.jsonl:1: /)
  await refuse(
    { 'oos.jsonl': lines({ id: 'o', question: 'A' }, { id: 'o', question: 'B' }) },
    /oos\.jsonl:2: The id o is not unique/,
  )
  await refuse(
    { 'phrasings.jsonl': lines({ phrasing: 'bare', question: 'tea', page: '(' }) },
    /phrasings\.jsonl:1: \( is not a regular expression/,
  )
  await t.rejects(readAnswerSet(t.testdir({ 'questions.jsonl': '' })), { message: /docs: There is no such folder/ })
})
