import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readCollection } from '../../../src/evaluation/collection.ts'
import { compareMeasures, evaluate, measureRankings, type Outcome } from '../../../src/evaluation/evaluation.ts'
import { readRun, writeRun } from '../../../src/evaluation/run-file.ts'

const lines = (...values: readonly unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('')

function writeFolder(t: Test, files: Readonly<Record<string, string>> = {}): string {
  return t.testdir({
    'corpus.jsonl': lines({ id: 'a', title: 'Apples', text: 'Apples are red.' }, { id: 'b', text: 'Bread is brown.' }),
    'queries.jsonl': lines(
      { id: 'q1', text: 'apple colour', answers: ['red'] },
      { id: 'q2', text: 'and bread?', history: [{ role: 'user', text: 'apple colour' }], answers: ['Brown'] },
      { id: 'unjudged', text: 'butter' },
    ),
    'qrels.tsv': 'q1\ta\t1\nq2\tb\t2\nq2\ta\t0\n',
    'oos.jsonl': lines({ id: 'o1', text: 'the weather' }),
    ...files,
  })
}

const outcome = (ids: readonly string[], confidence: number, response = ''): Outcome => ({
  documents: ids.map((id, rank) => ({ id, score: 10 - rank })),
  confidence,
  kind: 'answer',
  response,
  plain: response,
  sources: [],
  tookMs: 1,
})

t.test('a collection is read with history, answers and unanswerable questions', async t => {
  const { documents, queries, judgements, unanswerable } = await readCollection(writeFolder(t))
  t.equal(documents.length, 2)
  t.same(
    queries.map(({ id }) => id),
    ['q1', 'q2'],
    'a question without a judgement cannot be measured',
  )
  t.equal(queries[1]?.history?.[0]?.text, 'apple colour')
  t.equal(judgements.get('q2')?.get('b'), 2)
  t.equal(unanswerable.get('oos')?.length, 1)
})

t.test('an unreadable collection is reported with file and line', async t => {
  const refusal = (files: Readonly<Record<string, string>>, place: RegExp) =>
    t.rejects(readCollection(writeFolder(t, files)), { code: 'COLLECTION_UNREADABLE', message: place })
  await refusal({ 'qrels.tsv': 'q1\ta\t1\nq1 a 1\n' }, /qrels\.tsv:2: /)
  await refusal({ 'corpus.jsonl': lines({ id: 'a', text: 'A' }, { id: 'b' }) }, /corpus\.jsonl:2: /)
  await refusal({ 'queries.jsonl': '{"id": "q1", "text"\n' }, /queries\.jsonl:1: It is not JSON/)
  await refusal(
    { 'queries.jsonl': lines({ id: 'q1', text: 'A' }, { id: 'q1', text: 'B' }) },
    /queries\.jsonl:2: The id q1 is not unique/,
  )
  await refusal({ 'corpus.jsonl': lines({ id: 'a\tb', text: 'A' }) }, /corpus\.jsonl:1: The id has a tab/)
  await t.rejects(readCollection(join(t.testdir({}), 'nowhere')), { code: 'COLLECTION_UNREADABLE', message: /qrels\.tsv/ })
})

t.test('rankings, replies and confidences are summarized as figures', async t => {
  const collection = await readCollection(writeFolder(t))
  const replies: Record<string, Outcome> = {
    q1: outcome(['a', 'b'], 0.9, 'They are  RED.'),
    q2: outcome(['a', 'b'], 0.6, 'No idea.'),
    o1: outcome(['b'], 0.7),
  }
  const { evaluation, rankings } = await evaluate(collection, {
    ask: async query => replies[query.id]!,
    threshold: 0.65,
  })
  t.equal(evaluation.measures.success_at_1.mean, 0.5)
  t.equal(evaluation.measures.mrr_at_10.mean, 0.75)
  t.match(evaluation.replies, { questions: 2, with_known_answer: 2, right: 1, follow_ups: 1, follow_ups_right: 0 })
  t.match(evaluation.abstention.oos, { questions: 1, auroc: 0.5, precision: 0.5, recall: 0.5 })
  t.same(
    rankings.get('q1')?.map(({ id }) => id),
    ['a', 'b'],
  )
})

t.test('a run is written, read back and compared with a later one', async t => {
  const collection = await readCollection(writeFolder(t))
  const file = join(t.testdir({}), 'run.tsv')
  const earlier = new Map([
    [
      'q1',
      [
        { id: 'b', score: 2.5 },
        { id: 'a', score: 1e-7 },
      ],
    ],
    ['q2', [{ id: 'a', score: 3 }]],
  ])
  await writeRun(file, earlier)
  const read = await readRun(file)
  t.same(read, earlier)
  const later = new Map([
    ['q1', [{ id: 'a' }]],
    ['q2', [{ id: 'b' }]],
  ])
  const comparison = compareMeasures(measureRankings(collection, read), measureRankings(collection, later))
  t.equal(comparison.success_at_1.difference, 1)
  await t.rejects(readRun(join(t.testdir({ 'bad.tsv': 'q1 a 1\n' }), 'bad.tsv')), {
    code: 'COLLECTION_UNREADABLE',
    message: /bad\.tsv:1/,
  })
})

t.test('a run that lists a document twice for a query is refused with its line', async t => {
  const folder = t.testdir({ 'run.tsv': 'q1\ta\t2\nq2\ta\t2\nq1\ta\t1\n' })
  await t.rejects(readRun(join(folder, 'run.tsv')), {
    code: 'COLLECTION_UNREADABLE',
    message: /run\.tsv:3: The query q1 lists the document a twice/,
  })
})

t.test('an id with a tab or line break is refused before a run is written', async t => {
  const file = join(t.testdir({}), 'run.tsv')
  for (const [query, id] of [
    ['q\t1', 'a'],
    ['q1', 'a\nb'],
  ] as const)
    await t.rejects(writeRun(file, new Map([[query, [{ id, score: 1 }]]])), {
      code: 'COLLECTION_UNREADABLE',
      message: /contains a tab or a line break/,
    })
  await t.rejects(readRun(file), { message: /does not exist/ })
})
