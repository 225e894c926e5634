import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { runIngest } from '../../../src/cli/ingest.ts'
import { loadManual } from '../../../src/knowledge/manual-loader.ts'
import { createMemoryDocumentStore } from '../knowledge/memory-document-store.ts'

async function run(
  t: Test,
  files: Readonly<Record<string, string>>,
  isTTY: boolean,
  dryRun = false,
  links: Readonly<Record<string, string>> = {},
) {
  const store = createMemoryDocumentStore()
  const cwd = t.testdir()
  mkdirSync(join(cwd, 'kb'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, 'kb', name)), { recursive: true })
    writeFileSync(join(cwd, 'kb', name), content)
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(cwd, 'kb', name))
  const [stdout, stderr] = [new PassThrough(), new PassThrough()].map(
    stream => Object.assign(stream, { isTTY, columns: 80 }) as unknown as NodeJS.WriteStream,
  ) as [NodeJS.WriteStream, NodeJS.WriteStream]
  let clock = 0
  const code = await runIngest(
    ['kb'],
    { prune: false, dryRun },
    { store, database: '/data/pellucid.sqlite (no server)', stdout, stderr, now: () => (clock += 600), cwd },
  )
  return { code, documents: await store.count(), out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

t.test('without a terminal, it prints plain lines and a summary, and exits with 0', async t => {
  const { code, out, err } = await run(t, { 'a.md': 'a', 'b.md': 'b', 'c.md': 'c' }, false)
  t.equal(code, 0)
  t.match(out, /^0 of 3 files surveyed, 0 documents\n(?:\d of 3 files, \d documents\n)+Database/)
  t.match(out, /3 added, 0 replaced, 0 unchanged, 0 removed, 0 failed in [\d.]+ s\n$/)
  t.notMatch(out, '\u001b')
  t.equal(err, '')
})

t.test('it reports the skipped files and the database, and a dry run writes nothing', async t => {
  const files = {
    'a.md': 'a',
    'b.png': 'x',
    'c.md': '---\ndraft: true\n---\n',
    '_d.md': 'x',
    '.github/x.md': 'x',
    'e.rst': 'E.\n\n.. include:: x.inc\n',
  }
  const { out, documents } = await run(t, files, false, false, {
    'device.md': '/dev/null',
    loop: '.',
    'out.md': '/etc/hostname',
    'out-too.md': '/etc/hostname',
  })
  t.match(
    out,
    'Skipped kb/device.md: not a regular file\nSkipped kb/loop: a link to a folder; name the folder itself to read it\n',
  )
  t.match(out, 'Skipped kb/out-too.md and 1 more: links out of the folder given; name their targets to read them\n')
  t.match(out, /^Skipped 1 file with extension \.png: format is not supported$/m)
  t.match(out, 'Skipped 1 file kb/_*: a name that begins with _ is not a page\n')
  t.match(out, 'Skipped 1 file in kb/.github: a hidden folder; name the folder itself to read it\nSkipped kb/c.md: draft\n')
  t.match(out, 'Database: /data/pellucid.sqlite (no server)\n')
  t.match(out, 'Included file not found, too large, hidden or in other folders: 1 in kb/e.rst: x.inc\n')
  t.equal(documents, 2)
  const dry = await run(t, files, false, true)
  t.match(dry.out, /^Dry run: nothing was written to \/data\/pellucid\.sqlite/m)
  t.match(dry.out, /^2 added/m)
  t.equal(dry.documents, 0)
})

t.test('a page that has become a draft is removed, and the removal is reported', async t => {
  const cwd = t.testdir({ kb: { 'a.md': 'a', 'b.md': 'b' } })
  const store = createMemoryDocumentStore()
  const ingest = async () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream
    const code = await runIngest(['kb'], { prune: false }, { store, stdout, stderr: stdout, now: () => 0, cwd })
    return { code, out: String(stdout.read()) }
  }
  await ingest()
  writeFileSync(join(cwd, 'kb/b.md'), '---\ndraft: true\n---\n\nb')
  const { code, out } = await ingest()
  t.equal(code, 0)
  t.match(out, /^Removed kb\/b\.md: it is a draft now\n0 added, 0 replaced, 1 unchanged, 1 removed, 0 failed/m)
  t.equal(await store.count(), 1)
  t.match((await ingest()).out, /^Skipped kb\/b\.md: draft\n0 added, 0 replaced, 1 unchanged, 0 removed/m)
})

t.test('each failure is a line on stderr, and the exit code is 1', async t => {
  const { code, out, err } = await run(t, { 'a.md': 'a', 'b.jsonl': '{' }, false)
  t.equal(code, 1)
  t.equal(err, 'kb/b.jsonl:1: Not valid JSON\n')
  t.match(out, '1 added')
  t.match(out, '1 failed')
})

t.test('on a terminal, it shows a progress bar', async t => {
  const { out } = await run(t, { 'a.md': 'a', 'b.md': 'b' }, true)
  t.match(out, '2/2 files')
})

t.test("the project's manual is README.md and the pages of docs for users", async t => {
  const internals = { 'search.md': '# Search', decisions: { '0001-a.md': '# Decision' } }
  const docs = { 'logging.md': '# Logging', integrations: { 'elk.md': '# ELK' }, internals, 'a.svg': '<svg/>' }
  const root = t.testdir({ 'README.md': '# Manual\n\nText', 'CHANGELOG.md': 'x', docs })
  const manual = await loadManual(root)
  t.same(
    manual.map(({ id }) => id),
    ['pellucid/README.md', 'pellucid/docs/integrations/elk.md', 'pellucid/docs/logging.md'],
  )
  t.same(manual[0], { id: 'pellucid/README.md', text: '# Manual\n\nText', format: 'markdown', owner: 'project' })
  const own = (await loadManual()).map(({ id }) => id)
  t.ok(own.includes('pellucid/README.md') && own.includes('pellucid/docs/configuration.md'))
})

t.test('names of files cannot control the terminal, nor add lines', async t => {
  const { out, err } = await run(t, { 'a\u001b[2J\nb.md': '---\ndraft: true\n---\n', 'c\u001b.pdf': 'x' }, false)
  t.match(out, 'Skipped kb/a\\u001b[2J\\nb.md: draft\n')
  t.match(err, /^kb\/c\\u001b\.pdf: /)
  t.notMatch(out + err, '\u001b')
})
