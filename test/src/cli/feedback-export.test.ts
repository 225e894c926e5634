import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import type { Turn } from '../../../src/chat/turn.ts'
import { runExport } from '../../../src/cli/feedback/feedback-export.ts'
import { readCollection } from '../../../src/evaluation/collection.ts'
import { documentOf, turnOf } from '../database/world.ts'
import { createMemoryDocumentStore } from '../knowledge/memory-document-store.ts'

/** Turns of one session by number; marked ones are rated as right. */
function turnsOf(turns: readonly Turn[]) {
  return {
    async *judged() {
      yield* turns.filter(({ feedback }) => feedback !== undefined)
    },
    list: async (sessionId: string, { before = Number.POSITIVE_INFINITY, limit }: { before?: number; limit: number }) =>
      turns
        .filter(({ receipt, seq }) => receipt.sessionId === sessionId && seq < before)
        .toReversed()
        .slice(0, limit),
  }
}

async function run(folder: string, ids: readonly string[], turns: readonly Turn[]) {
  const documents = createMemoryDocumentStore()
  await documents.put(
    ids.map(id => documentOf(id)),
    1,
  )
  const stdout = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream
  const code = await runExport(folder, { documents, turns: turnsOf(turns), stdout })
  return { code, out: String(stdout.read() ?? '') }
}

/** A turn of session s whose answer came from a document. */
function answered(seq: number, message: string, location: string, correct?: boolean): Turn {
  const turn = turnOf('s', `t${seq}`, { seq, message, ...(correct !== undefined && { feedback: { correct, createdAt: 1 } }) })
  return {
    ...turn,
    receipt: { ...turn.receipt, response: `reply ${seq}`, sources: [{ title: '', passage: '', score: 1, location }] },
  }
}

t.test('every document is exported once, over several pages of the store', async t => {
  for (const count of [0, 99, 100, 101, 250]) {
    const folder = join(t.testdir({}), `${count}`)
    const ids = Array.from({ length: count }, (_, i) => `page-${i}`)
    const { code, out } = await run(folder, ids, [])
    t.equal(code, 0)
    t.match(out, `Exported 0 questions with 0 judgements, 0 unanswerable questions and ${count} documents.`)
    const exported = (await readCollection(folder)).documents.map(({ id }) => id)
    t.same(exported.toSorted(), ids.toSorted(), `${count}`)
  }
})

t.test('a question is exported with the five turns before it, oldest first, without erased turns and other sessions', async t => {
  const folder = join(t.testdir({}), 'exported')
  const turns = Array.from({ length: 9 }, (_, seq) =>
    answered(seq, seq === 5 ? '' : `question ${seq}`, 'a', seq === 8 ? true : undefined),
  )
  const other = turnOf('other', 'x', { seq: 7, message: 'elsewhere' })
  const { out } = await run(folder, ['a'], [...turns, other])
  t.match(out, 'Exported 1 questions with 1 judgements, 0 unanswerable questions and 1 documents.')
  const [query] = (await readCollection(folder)).queries
  t.same(
    query?.history?.map(({ role, text }) => `${role}: ${text}`),
    [3, 4, 6, 7].flatMap(seq => [`user: question ${seq}`, `assistant: reply ${seq}`]),
  )
  t.equal(readFileSync(join(folder, 'qrels.tsv'), 'utf8'), 't8\ta\t1\n')
  t.notMatch(out, 'left out')
})

t.test('questions without a known right document are exported and counted', async t => {
  const folder = join(t.testdir({}), 'exported')
  const { out } = await run(folder, ['a'], [answered(0, 'wrong?', 'a', false), answered(1, 'right?', 'a', true)])
  t.match(out, 'Exported 2 questions with 2 judgements')
  t.match(out, '1 of the questions have no known right document: evaluate leaves them out.')
  t.equal(readFileSync(join(folder, 'qrels.tsv'), 'utf8'), 't0\ta\t0\nt1\ta\t1\n')
})
