import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readCollection } from '../../../src/evaluation/collection.ts'
import { type ExportedDocument, exportCollection, type JudgedTurn } from '../../../src/evaluation/export.ts'
import { turnOf } from '../database/world.ts'

const SOURCE = { title: '', passage: '', score: 1 }

function judged(
  id: string,
  correct: boolean,
  { kind = 'answer', locations = [] as string[], before = [] as string[] } = {},
): JudgedTurn {
  const turn = turnOf('s', id, { message: `question ${id}`, feedback: { correct, createdAt: 1 } })
  const receipt = {
    ...turn.receipt,
    kind: kind as 'answer' | 'fallback',
    sources: locations.map(location => ({ ...SOURCE, location })),
  }
  return { turn: { ...turn, receipt }, before: before.map(earlier => turnOf('s', earlier, { message: earlier })) }
}

async function* each<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

const DOCUMENTS: readonly ExportedDocument[] = [
  { id: 'tea.md', title: 'Tea', text: 'Tea is hot.' },
  { id: 'milk', title: 'Milk', text: 'Milk is white.', url: 'https://milk.example/page' },
]

t.test('judged turns are exported as a collection that can be evaluated', async t => {
  const folder = join(t.testdir({}), 'collection')
  const report = await exportCollection(
    folder,
    each(...DOCUMENTS),
    each(
      judged('right', true, { locations: ['tea.md#hot', 'tea.md', 'https://milk.example/page#white'], before: ['hello'] }),
      judged('wrong', false, { locations: ['tea.md'] }),
      judged('gone', true, { locations: ['deleted.md'] }),
      judged('refused', true, { kind: 'fallback' }),
      judged('refused in vain', false, { kind: 'fallback' }),
    ),
  )
  t.same(report, { documents: 2, queries: 1, judgements: 2, unanswerable: 1, unjudged: 3 })
  const { documents, queries, judgements, unanswerable } = await readCollection(folder)
  t.same(
    documents,
    DOCUMENTS.map(({ id, title, text }) => ({ id, title, text })),
  )
  t.match(queries, [{ id: 'right', text: 'question right', history: [{ role: 'user', text: 'hello' }, { role: 'assistant' }] }])
  t.same(
    [...judgements.get('right')!],
    [
      ['tea.md', 1],
      ['milk', 1],
    ],
  )
  t.equal(judgements.get('wrong'), undefined, 'no document is known to be right')
  t.match(unanswerable.get('oos'), [{ id: 'refused' }])
  t.equal(statSync(join(folder, 'queries.jsonl')).mode & 0o777, 0o600, 'only the owner can read the messages of users')
})

t.test('an existing collection is not overwritten', async t => {
  const folder = t.testdir({ 'corpus.jsonl': 'mine\n' })
  await t.rejects(exportCollection(folder, each(), each()), {
    code: 'COLLECTION_UNREADABLE',
    message: /already contains a collection/,
  })
  t.equal(readFileSync(join(folder, 'corpus.jsonl'), 'utf8'), 'mine\n')
})
