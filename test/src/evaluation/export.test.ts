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
  { kind = 'answer', locations = [] as string[], quoted = [] as string[], before = [] as string[], documentId = '' } = {},
): JudgedTurn {
  const feedback = { correct, createdAt: 1, ...(documentId !== '' && { documentId }) }
  const candidates = locations.map(location => ({ ...SOURCE, location, quoted: quoted.includes(location) }))
  const workings = { parsedAs: 'question', terms: [], candidates, threshold: 0.4 }
  const turn = turnOf('s', id, { message: `question ${id}`, feedback, ...(quoted.length > 0 && { workings }) })
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
      judged('corrected', false, { locations: ['tea.md'], documentId: 'milk' }),
      judged('wrong part', false, { locations: ['tea.md'], documentId: 'tea.md' }),
      judged('named after a refusal', false, { kind: 'fallback', documentId: 'milk' }),
      judged('named and gone', false, { locations: ['tea.md'], documentId: 'deleted.md' }),
      judged('quoted', true, { locations: ['tea.md', 'https://milk.example/page'], quoted: ['tea.md'] }),
    ),
  )
  t.same(report, { documents: 2, queries: 9, judgements: 9, unanswerable: 1, unjudged: 4 })
  const { documents, queries, judgements, unanswerable, unjudged } = await readCollection(folder)
  t.same(
    documents,
    DOCUMENTS.map(({ id, title, text }) => ({ id, title, text })),
  )
  t.match(queries[0], { id: 'right', text: 'question right', history: [{ role: 'user', text: 'hello' }, { role: 'assistant' }] })
  t.same(
    queries.map(({ id }) => id),
    ['right', 'corrected', 'wrong part', 'named after a refusal', 'quoted'],
  )
  t.equal(unjudged, 4, 'questions without a known right document are left out, and counted')
  t.same(Object.fromEntries([...judgements].map(([id, grades]) => [id, Object.fromEntries(grades)])), {
    right: { 'tea.md': 1, milk: 1 },
    wrong: { 'tea.md': 0 },
    corrected: { 'tea.md': 0, milk: 1 },
    'wrong part': { 'tea.md': 1 },
    'named after a refusal': { milk: 1 },
    'named and gone': { 'tea.md': 0 },
    quoted: { 'tea.md': 1 },
  })
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
