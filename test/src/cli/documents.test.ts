import t from 'tap'
import { runDocumentsList, runDocumentsRemove, runDocumentsShow } from '../../../src/cli/documents.ts'
import { readDocument } from '../../../src/knowledge/ingest/document-reader.ts'
import { createMemoryDocumentStore } from '../knowledge/memory-document-store.ts'

async function world(...ids: readonly string[]) {
  const store = createMemoryDocumentStore()
  const text = '# Tea\n\nGreen tea.'
  await store.put(await Promise.all(ids.map(id => readDocument({ id, owner: 'operator', format: 'markdown', text }))), 0)
  const written = { out: '', err: '' }
  const removed: string[] = []
  const write = (stream: 'out' | 'err') => ({
    write: (line: string) => {
      written[stream] += line
      return true
    },
  })
  const deps = { store, stdout: write('out'), stderr: write('err'), onRemoved: (id: string) => removed.push(id) }
  return { deps, written, removed, store }
}

t.test('documents are listed with their passages and titles, or as JSON', async t => {
  const { deps, written } = await world('a.md', 'b.md')
  t.equal(await runDocumentsList({ json: false }, deps), 0)
  t.equal(written.out, 'a.md  1 passage  Tea\nb.md  1 passage  Tea\n')
  written.out = ''
  await runDocumentsList({ json: true }, deps)
  t.match(JSON.parse(written.out.split('\n')[0]!), { id: 'a.md', format: 'markdown', passage_count: 1 })
})

t.test('an empty knowledge base says how to fill it', async t => {
  const { deps, written } = await world()
  t.equal(await runDocumentsList({ json: false }, deps), 0)
  t.match(written.err, /empty.*pellucid ingest/)
})

t.test('a list of the manual only says that no documents have been added', async t => {
  const { deps, written, store } = await world()
  await store.put([await readDocument({ id: 'manual', text: 'Tea.', format: 'text', owner: 'project' })], 0)
  await runDocumentsList({ json: false }, deps)
  t.match(written, {
    out: /^manual {2}1 passage {2}\S+ {2}\(manual\)\n$/,
    err: /^No documents have been added yet.*pellucid ingest/,
  })
  await store.put([await readDocument({ id: 'tea', text: 'Tea.', format: 'text', owner: 'operator' })], 0)
  written.err = ''
  await runDocumentsList({ json: false }, deps)
  t.equal(written.err, '')
})

t.test('a document is shown with its facts and text', async t => {
  const { deps, written } = await world('a.md')
  t.equal(await runDocumentsShow('a.md', deps), 0)
  t.match(written.out, /^id: a\.md\ntitle: Tea\nformat: markdown\n[\s\S]*\n\n# Tea\n\nGreen tea\.\n$/)
  t.equal(await runDocumentsShow('x', deps), 1)
  t.match(written.err, 'No document has the id "x"')
})

t.test('documents are removed, and missing ones are reported', async t => {
  const { deps, written, removed, store } = await world('a.md', 'b.md')
  t.equal(await runDocumentsRemove(['x', 'a.md'], deps), 1)
  t.same(removed, ['a.md'])
  t.equal(await store.count(), 1)
  t.match(written, { out: 'Removed a.md\n', err: /"x"/ })
})

t.test('titles, ids and texts cannot control the terminal', async t => {
  const { deps, written, store } = await world()
  const text = 'Green\u001b]0;x\u0007 tea.\n\tC:\\tea'
  const document = await readDocument({ id: 'a\u009b.md', title: 'Tea\u001b[2J', owner: 'operator', format: 'text', text })
  // Files are stored as they were read, also by earlier versions.
  await store.put([{ ...document, id: 'a\u001b.md', title: 'Tea\u001b[2J\nb.md', text }], 0)
  await runDocumentsList({ json: false }, deps)
  t.equal(written.out, 'a\\u001b.md  1 passage  Tea\\u001b[2J\\nb.md\n')
  written.out = ''
  await runDocumentsShow('a\u001b.md', deps)
  t.match(written.out, 'id: a\\u001b.md\ntitle: Tea\\u001b[2J\\nb.md\n')
  t.ok(written.out.endsWith('\n\nGreen\\u001b]0;x\\u0007 tea.\n\tC:\\tea\n'))
  await runDocumentsShow('x\u001b', deps)
  await runDocumentsRemove(['a\u001b.md'], deps)
  t.notMatch(written.out + written.err, '\u001b')
})
