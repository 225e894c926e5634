import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

const PRIVATE_PATHS = ['data', 'logs', 'monitoring.yaml']

interface Ingested {
  readonly paths?: readonly string[]
  readonly name?: string
  readonly includeRoots?: readonly string[]
}

/** Ingests `docs` of a project and returns the text of `docs/a.md` and what was skipped. */
async function ingestPage(t: Test, page: string, { paths = ['docs'], name = 'a.md', includeRoots = ['.'] }: Ingested = {}) {
  const cwd = t.testdir({
    docs: { [name]: page, 'machine.token': 'SECRET', '.notes': { 'n.txt': 'SECRET' }, shown: { 'x.md': 'Hot.' } },
    docs_src: { 'tea.py': 'brew()' },
    data: { 'machine.token': 'SECRET', 'notes.md': 'SECRET' },
    logs: { chatbot: { 'app.log': 'SECRET' } },
    backup: { 'access.key': 'SECRET', 'old.sqlite': 'SECRET', 'old.sqlite-wal': 'SECRET', 'MACHINE.TOKEN': 'SECRET' },
    'README.md': 'Read me.',
    '.env': 'SECRET',
    'monitoring.yaml': 'SECRET',
    tls: { 'server.pem': 'SECRET', 'client.P12': 'SECRET', '.env.local': 'SECRET' },
    '.aws': { credentials: 'SECRET' },
  })
  symlinkSync('../data/notes.md', join(cwd, 'docs/link.md'))
  symlinkSync('../.aws', join(cwd, 'docs/folder'))
  symlinkSync('data', join(cwd, 'store'))
  const store = createMemoryDocumentStore()
  const options = { store, prune: false, now: () => 0, cwd, privatePaths: PRIVATE_PATHS, includeRoots, threads: 1 }
  const { skipped } = await ingest(paths, options)
  const documentId = (await store.list({ limit: 100 })).find(({ id }) => id.endsWith(`docs/${name}`))?.id ?? ''
  const text = (await store.passages([{ documentId, ordinal: 0 }]))[0]?.text ?? ''
  return { text, missing: skipped.filter(({ reason }) => reason === 'include').map(({ what }) => what) }
}

const REFUSED = [
  '../data/machine.token',
  'data/notes.md',
  'store/notes.md',
  'docs/link.md',
  'logs/chatbot/app.log',
  '../.env',
  '.aws/credentials',
  'folder/credentials',
  '.notes/n.txt',
  'machine.token',
  'backup/access.key',
  'backup/old.sqlite',
  'backup/old.sqlite-wal',
  'backup/MACHINE.TOKEN',
  'monitoring.yaml',
  'tls/server.pem',
  'tls/client.P12',
  'tls/.env.local',
]

for (const path of REFUSED)
  t.test(`a document cannot include ${path}`, async t => {
    const page = `Tea.\n\n<<< ${path}\n\n--8<-- "${path}"\n\n{% include-markdown "${path}" %}\n`
    for (const paths of [['docs'], ['.']]) {
      const { text, missing } = await ingestPage(t, page, { paths })
      t.match(text, 'Tea.')
      t.notMatch(text, 'SECRET')
      t.ok(missing.some(what => what.includes(path)))
    }
    const rst = `Tea.\n\n.. literalinclude:: /${path}\n\n.. include:: /${path}\n`
    t.notMatch((await ingestPage(t, rst, { name: 'a.rst' })).text, 'SECRET')
  })

t.test('an included file cannot include a private one', async t => {
  const page = 'Tea.\n\n{% include-markdown "../docs/b.inc" %}\n'
  const cwd = t.testdir({ docs: { 'a.md': page, 'b.inc': 'Cups.\n\n<<< ../data/notes.md\n' }, data: { 'notes.md': 'SECRET' } })
  const store = createMemoryDocumentStore()
  await ingest(['docs'], { store, prune: false, now: () => 0, cwd, privatePaths: PRIVATE_PATHS, includeRoots: ['.'] })
  const [passage] = await store.passages([{ documentId: 'docs/a.md', ordinal: 0 }])
  t.match(passage?.text, 'Cups.')
  t.notMatch(passage?.text, 'SECRET')
})

t.test('a document includes nothing outside of the folder ingested, unless its folder is named', async t => {
  const page = 'Tea.\n\n<<< ../docs_src/tea.py\n\n--8<-- "README.md"\n\n--8<-- "shown/x.md"\n'
  const kept = await ingestPage(t, page, { includeRoots: [] })
  t.match(kept.text, 'Hot.')
  t.notMatch(kept.text, /brew|Read me/)
  t.match(kept.missing.join(), /tea\.py/)
  const rst = 'Tea.\n\n.. csv-table:: T\n   :file: ../README.md\n\n.. include:: ../README.md\n'
  t.notMatch((await ingestPage(t, rst, { name: 'a.rst', includeRoots: [] })).text, 'Read me')
  t.match((await ingestPage(t, page, { includeRoots: ['docs_src'] })).text, 'brew()')
})

t.test("a document includes other files of its project, also if the project's folder is hidden", async t => {
  const { text, missing } = await ingestPage(t, '{* ../docs_src/tea.py *}\n\n--8<-- "README.md"\n\n--8<-- "shown/x.md"\n')
  t.match(text, 'brew()')
  t.match(text, 'Read me.')
  t.match(text, 'Hot.')
  t.same(missing, [])
  const cwd = join(t.testdir({ '.work': { docs: { 'a.md': 'Tea.\n\n<<< ../b.js\n' }, 'b.js': 'brew()' } }), '.work')
  const store = createMemoryDocumentStore()
  await ingest(['docs'], { store, prune: false, now: () => 0, cwd, includeRoots: ['.'] })
  t.match((await store.passages([{ documentId: 'docs/a.md', ordinal: 0 }]))[0]?.text, 'brew()')
})
