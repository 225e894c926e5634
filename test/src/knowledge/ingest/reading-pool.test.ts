import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { IncomingDocument } from '../../../../src/knowledge/document.ts'
import { ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { groupJobs, mapInOrder, planThreads } from '../../../../src/knowledge/ingest/reading/job-groups.ts'
import type { ReadingJob } from '../../../../src/knowledge/ingest/reading/reading-job.ts'
import { createReadingPool } from '../../../../src/knowledge/ingest/reading/reading-pool.ts'
import { REDACTOR_MODULE } from '../../../../src/logging/redaction/redactor.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

const FIXTURES = join(import.meta.dirname, '../../../fixtures')
const OPTIONS = {
  roots: [],
  privatePaths: [],
  references: { labels: new Map<string, string>(), titles: new Map<string, string>() },
}

function job(id: string, text: string): ReadingJob {
  const document: IncomingDocument = { id, text, format: 'markdown', owner: 'operator', file: `/${id}` }
  return { kind: 'item', item: { kind: 'document', where: `/${id}`, document } }
}

function open(t: Test, limits: { readonly maxHeapMb?: number; readonly limitMs?: number } = {}) {
  const pool = createReadingPool({ threads: 1, ...limits })
  t.teardown(() => pool.close())
  return async (...jobs: ReadingJob[]) =>
    (await pool.read(jobs, OPTIONS)).map(([item]) => [item?.kind, item !== undefined && 'problem' in item ? item.problem : ''])
}

t.test('workers store the same documents, in the same order, as the calling thread', async t => {
  const cwd = t.testdir()
  await mkdir(join(cwd, 'kb'))
  for (const name of ['guide.pdf', 'handbook.docx', 'locked.pdf'])
    await copyFile(join(FIXTURES, 'documents', name), join(cwd, 'kb', name))
  const files: Record<string, string> = {
    'index.rst': '.. _top:\n\nKettles\n=======\n\nSee :doc:`cups` and :ref:`top`.\n',
    'cups.rst': 'Cups\n====\n\nWash them.\n',
    'a.md': '# Tea\n\n{{% draft %}}\n\n```{include} part.txt\n```\n\nCall +1 212 555 0100 or write to mia@example.com today.\n',
    'part.txt': 'Included.',
    'draft.md': '---\ndraft: true\n---\n',
    'faq.jsonl': '{"id":"q1","text":"Hot."}\n{"id":\n{"id":"kb/a.md","text":"Twice."}\n{"id":"q2","text":"Cold."}',
    'binary.txt': '\0',
    'many.jsonl': Array.from({ length: 200 }, (_, i) => JSON.stringify({ id: `m${i}`, text: `Cup ${i}` })).join('\n'),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, 'kb', name), text)
  for (let i = 0; i < 8; i++)
    await writeFile(
      join(cwd, 'kb', `page-${i}.html`),
      `<title>Page ${i} | Tea</title><p>Menu of the shop</p><h1>Page ${i}</h1><p>Text ${i}</p>`,
    )

  const run = async (threads: number) => {
    const store = createMemoryDocumentStore()
    const options = { store, prune: true, now: () => 0, cwd, redactorModule: REDACTOR_MODULE, threads }
    const [first, second] = [await ingest(['kb', 'gone'], options), await ingest(['kb'], options)]
    return { first, second, changes: await store.changesSince(0, 1000) }
  }
  const alone = await run(0)
  t.match(alone.first, { added: 216, unchanged: 0 })
  t.match(alone.second, { added: 0, unchanged: 216 })
  t.same(
    alone.first.failed.map(({ where }) => where),
    ['kb/binary.txt', 'kb/faq.jsonl:2', 'kb/faq.jsonl:3', 'kb/locked.pdf', 'gone'],
  )
  t.same(await run(3), alone)
})

t.test('a document that takes too much memory is refused, and the others of its group are read', async t => {
  const read = open(t, { maxHeapMb: 24 })
  t.same(await read(job('a', 'Tea.'), job('b', '- a\n'.repeat(400_000)), job('c', 'Milk.')), [
    ['read', ''],
    ['unreadable', 'The document takes too much memory to parse'],
    ['read', ''],
  ])
})

t.test('a document that takes too long is refused, and the others of its group are read', async t => {
  // Unmatched brackets take seconds until their budget of processor time is used up.
  const read = open(t, { limitMs: 1500 })
  t.same(await read(job('a', 'Tea.'), job('b', '['.repeat(2_000_000)), job('c', 'Milk.')), [
    ['read', ''],
    ['unreadable', 'The document takes too long to parse'],
    ['read', ''],
  ])
})

t.test('little text needs no worker, much text one for each core, and a PDF at least one', t => {
  const file = (name: string, bytes: number) => ({ source: { file: name, id: name, base: '/', root: '/' }, bytes })
  t.equal(planThreads([file('a.md', 400_000)], 4), 0)
  t.equal(planThreads([file('a.md', 600_000), file('b.md', 600_000)], 4), 2)
  t.equal(planThreads([file('a.md', 9_000_000)], 4), 4)
  t.equal(planThreads([file('a.md', 900_000_000)], 64), 8)
  t.equal(planThreads([file('a.pdf', 1000)], 4), 1)
  t.end()
})

t.test('a group ends after 64 jobs or 250 KB', async t => {
  const sizes = async (...bytes: number[]) => {
    const groups: number[] = []
    for await (const group of groupJobs(bytes.map(each => ({ bytes: each })))) groups.push(group.length)
    return groups
  }
  t.same(await sizes(...Array<number>(130).fill(10)), [64, 64, 2])
  t.same(await sizes(100_000, 200_000, 1, 9_000_000, 1), [2, 2, 1])
  t.same(await sizes(), [])
})

t.test('values are mapped in order, and only a few are taken before they are needed', async t => {
  let taken = 0
  async function* values() {
    for (let i = 0; i < 1000; i++) yield taken++
  }
  const gates = Array.from({ length: 1000 }, () => Promise.withResolvers<void>())
  const mapped = mapInOrder(values(), 2, async value => {
    await gates[value]!.promise
    return value
  })
  const results: number[] = []
  gates[1]!.resolve()
  gates[0]!.resolve()
  for await (const value of mapped) {
    results.push(value)
    if (value === 1) t.ok(taken < 10, `${taken} values were taken`)
    for (const gate of gates.slice(0, value + 20)) gate.resolve()
  }
  t.same(
    results,
    Array.from({ length: 1000 }, (_, i) => i),
  )
})
