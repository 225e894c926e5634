import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type IngestProgress, ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** A folder of files, a store, and a function that ingests the files. */
async function world(t: Test, files: Files) {
  const cwd = t.testdir()
  const store = createMemoryDocumentStore()
  const write = async (more: Files) => {
    for (const [name, content] of Object.entries(more)) {
      await mkdir(join(cwd, name, '..'), { recursive: true })
      await writeFile(join(cwd, name), content)
    }
  }
  await write(files)
  return {
    cwd,
    store,
    write,
    run: async (paths: string | readonly string[], prune = false) => {
      const { tookMs, skipped, ...report } = await ingest([paths].flat(), { store, prune, now: () => 1000, cwd })
      return report
    },
    ids: async () => (await store.list({ limit: 1000 })).map(({ id }) => id),
  }
}

const nothing = { added: 0, replaced: 0, unchanged: 0, removed: 0, failed: [] }

t.test('all files of known formats in a folder are ingested, except hidden files and node_modules', async t => {
  const { run, ids, store, cwd } = await world(t, {
    'kb/a.md': '# A\n\nText',
    'kb/deep/er/b.HTML': '<h1>B</h1>',
    'kb/c.rst': 'C\n=\n\nText',
    'kb/d.txt': 'Text',
    'kb/image.png': 'x',
    'kb/.hidden/e.md': 'x',
    'kb/node_modules/p/README.md': 'x',
  })
  t.same(await run('kb'), { ...nothing, added: 4 })
  t.same(await ids(), ['kb/a.md', 'kb/c.rst', 'kb/d.txt', 'kb/deep/er/b.HTML'])
  t.match(await store.find('kb/a.md'), {
    title: 'A',
    file: join(cwd, 'kb/a.md'),
    owner: 'operator',
    format: 'markdown',
    createdAt: 1000,
  })
})

t.test('the id of a file is its name; for a pattern, its path from the folder before the first wildcard', async t => {
  const { run, ids } = await world(t, { 'kb/x/a.md': 'a', 'kb/x/b.txt': 'b', 'kb/y/c.md': 'c', 'odd[1].md': 'd' })
  t.same(await run(['odd[1].md', 'kb/**/*.md']), { ...nothing, added: 3 })
  t.same(await ids(), ['kb/x/a.md', 'kb/y/c.md', 'odd[1].md'])
})

t.test('unchanged documents are skipped, changed ones are replaced', async t => {
  const { run, write, store } = await world(t, { 'kb/a.md': 'one', 'kb/b.md': 'one' })
  await run('kb')
  const before = await store.revision()
  t.same(await run('kb'), { ...nothing, unchanged: 2 })
  t.equal(await store.revision(), before, 'nothing was written')
  await write({ 'kb/a.md': 'two' })
  t.same(await run('kb'), { ...nothing, replaced: 1, unchanged: 1 })
  t.match(await store.find('kb/a.md'), { text: 'two' })
})

t.test('each line of JSON Lines is a document; broken lines are reported by file and line, the others are stored', async t => {
  const lines = [
    '{"id":"q1","title":"Question","text":"Answer","url":"https://x.example/1"}',
    '{"id":"q2","text":',
    '',
    '{"id":"q3"}',
    '["id"]',
    '{"id":7,"text":"x"}',
    '{"id":"q4","text":"has \\u0000 in it"}',
    '{"__proto__":{"id":"p"},"text":"x"}',
    '{"id":"q1","text":"again"}',
    '{"id":"q5","text":"","unknown":1}',
  ]
  const { run, ids, store } = await world(t, {
    'faq.jsonl': Buffer.concat([Buffer.from(`${lines.join('\r\n')}\n`), Buffer.from([0x22, 0xff])]),
  })
  const report = await run('faq.jsonl')
  t.same(
    report.failed.map(({ where }) => where),
    [2, 4, 5, 6, 7, 8, 9, 11].map(line => `faq.jsonl:${line}`),
  )
  t.match(report.failed[6]?.problem, /"q1".*faq\.jsonl:1/)
  t.same(await ids(), ['q1', 'q5'])
  t.match(await store.passages([{ documentId: 'q1', ordinal: 0 }]), [
    { title: 'Question', text: 'Answer', location: 'https://x.example/1' },
  ])
})

t.test('an overlong line of JSON Lines is rejected without being kept in memory', async t => {
  const { run } = await world(t, {
    'long.ndjson': Buffer.concat([Buffer.alloc(20_000_001, 'x'), Buffer.from('\n{"id":"after","text":"taken"}')]),
  })
  t.match(await run('long.ndjson'), { added: 1, failed: [{ where: 'long.ndjson:1', problem: /longer than 20 MB/ }] })
})

t.test('a broken file is reported and skipped, and its earlier version is kept', async t => {
  const { run, write, store } = await world(t, { 'kb/a.md': 'good', 'kb/b.md': 'good' })
  await run('kb')
  await write({
    'kb/a.md': new Uint8Array([0x61, 0x00]),
    'kb/c.md': new Uint8Array([0xff, 0x00, 0x81]),
    'kb/big.txt': new Uint8Array(10_000_001).fill(97),
  })
  await mkdir(join(t.testdirName, 'kb/folder.md'))
  const report = await run('kb', true)
  t.match(report, { unchanged: 1, removed: 0 })
  t.same(report.failed.map(({ where }) => where).sort(), ['kb/a.md', 'kb/big.txt', 'kb/c.md'])
  t.match(await store.find('kb/a.md'), { text: 'good' })
})

t.test('a page that has become a draft is removed, whatever its id, and a document of another file is kept', async t => {
  const { run, ids, write } = await world(t, {
    'kb/a.md': 'a',
    'kb/b.md': 'b',
    'kb/c.md': 'c',
    'kb/c.jsonl': '{"id": "kb/d.md", "text": "d"}',
  })
  await run(['kb', 'kb/b.md'])
  await run('kb/b.md')
  t.same(await ids(), ['b.md', 'kb/a.md', 'kb/b.md', 'kb/c.md', 'kb/d.md'])
  await write({
    'kb/b.md': '---\ndraft: true\n---\nb',
    'kb/c.md': '---\npublished: false\n---\nc',
    'kb/d.md': '---\ndraft: true\n---\nd',
  })
  t.same(await run('kb'), { ...nothing, unchanged: 2, removed: 3 })
  t.same(await ids(), ['kb/a.md', 'kb/d.md'])
})

t.test('a path that matches no readable file is reported', async t => {
  const { run } = await world(t, { 'a.pdf': 'x', 'empty/x.png': 'x', 'a.md': 'x' })
  const report = await run(['missing.md', 'no/*.md', 'empty', 'a.pdf', 'a.md', '/dev/null'], true)
  t.equal(report.added, 1)
  t.same(report.failed.map(({ where }) => where).sort(), ['/dev/null', 'a.pdf', 'empty', 'missing.md', 'no/*.md'])
})

t.test("an id that another file's document has is reported with both files, and nothing is overwritten", async t => {
  const { run, store, cwd } = await world(t, { 'x/README.md': 'first', 'y/README.md': 'second', 'z/README.md': 'third' })
  t.match(await run(['x/README.md', 'y/README.md']), {
    added: 1,
    failed: [{ where: 'y/README.md', problem: join(cwd, 'x/README.md') }],
  })
  t.match(await run('z/README.md'), { added: 0, failed: [{ where: 'z/README.md', problem: join(cwd, 'x/README.md') }] })
  t.match(await store.find('README.md'), { text: 'first' })
})

t.test('a document whose file has moved is updated, even if its text is the same', async t => {
  const { run, store, cwd } = await world(t, { 'old/kb/a.md': 'text' })
  await run('old/kb')
  await rename(join(cwd, 'old'), join(cwd, 'new'))
  t.same(await run('new/kb'), { ...nothing, replaced: 1 })
  t.match(await store.find('kb/a.md'), { file: join(cwd, 'new/kb/a.md') })
})

t.test('pruning removes only documents whose files are gone from the given paths', async t => {
  const { run, ids, write, cwd } = await world(t, {
    'kb/a.md': 'a',
    'kb/b.md': 'b',
    'kb/.c/c.md': 'c',
    'other/d.md': 'd',
    'faq.jsonl': '{"id":"1","text":"x"}\n{"id":"2","text":"y"}',
  })
  await run(['kb', 'other', 'faq.jsonl', 'kb/.c/c.md'])
  await Promise.all(['kb/a.md', 'other/d.md'].map(file => rm(join(cwd, file))))
  await write({ 'faq.jsonl': '{"id":"2","text":"y"}' })
  t.same(await run(['kb', 'faq.jsonl']), { ...nothing, unchanged: 2 }, 'only with pruning')
  t.same(await run(['kb', 'faq.jsonl'], true), { ...nothing, unchanged: 2, removed: 2 })
  t.same(await ids(), ['2', 'c.md', 'kb/b.md', 'other/d.md'])
  t.same(await run('other', true), { ...nothing, removed: 1 }, 'an empty folder')
  await rm(join(cwd, 'kb'), { recursive: true })
  t.same(await run('kb', true), { ...nothing, removed: 2 }, 'a missing folder')
})

t.test('pruning a pattern removes only documents whose files match the pattern', async t => {
  const { run, ids, cwd } = await world(t, { 'kb/a.md': 'a', 'kb/b.txt': 'b', 'kb/c.md': 'c' })
  await run('kb')
  await Promise.all(['kb/a.md', 'kb/b.txt'].map(file => rm(join(cwd, file))))
  t.same(await run('kb/*.md', true), { ...nothing, unchanged: 1, removed: 1 })
  t.same(await ids(), ['kb/b.txt', 'kb/c.md'])
})

t.test('no document of a JSON Lines file with a broken line is pruned', async t => {
  const { run, ids, write } = await world(t, { 'faq.jsonl': '{"id":"1","text":"x"}\n{"id":"2","text":"y"}' })
  await run('faq.jsonl')
  await write({ 'faq.jsonl': '{"id":"2","text":"y"}\n{"id":' })
  t.match(await run('faq.jsonl', true), { unchanged: 1, removed: 0 })
  t.same(await ids(), ['1', '2'])
})

t.test('a file that several paths match is read once', async t => {
  const { run, ids } = await world(t, { 'kb/a.md': 'a', 'kb/sub/b.md': 'b' })
  t.same(await run(['kb', 'kb/sub', 'kb/a.md', 'kb']), { ...nothing, added: 2 })
  t.same(await ids(), ['kb/a.md', 'kb/sub/b.md'])
})

t.test('documents are stored in batches, and progress reports files and documents', async t => {
  const { store, cwd } = await world(
    t,
    Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`kb/${String(i).padStart(3, '0')}.txt`, `text ${i}`])),
  )
  const sizes: number[] = []
  const progress: IngestProgress[] = []
  const counting = {
    ...store,
    put: (documents: Parameters<typeof store.put>[0], now: number) => {
      sizes.push(documents.length)
      return store.put(documents, now)
    },
  }
  await ingest(['kb'], { store: counting, prune: false, now: () => 0, cwd, onProgress: done => progress.push(done) })
  t.same(sizes, [512, 88])
  t.same(progress[0], { step: 'survey', filesDone: 0, filesTotal: 600, documents: 0 })
  t.same(
    progress.find(({ step, filesDone }) => step === 'read' && filesDone > 0),
    { step: 'read', filesDone: 64, filesTotal: 600, documents: 64 },
  )
  t.same(progress.at(-1), { step: 'read', filesDone: 600, filesTotal: 600, documents: 600 })
})

t.test('an error of the store ends the run', async t => {
  const { store, cwd } = await world(t, { 'kb/a.md': 'a', 'kb/b.md': 'b' })
  const full = { ...store, put: () => Promise.reject(new Error('The disk is full')) }
  await t.rejects(ingest(['kb'], { store: full, prune: false, now: () => 0, cwd, threads: 1 }), { message: 'The disk is full' })
})
