import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type IngestProgress, ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

/** A folder `kb` with links, and next to it what it must not show. */
function world(t: Test, links: Readonly<Record<string, string>>) {
  const cwd = t.testdir({
    kb: { 'a.md': 'Tea', sub: { 'b.md': 'Milk' } },
    private: { 'key.md': 'Secret', 'keys.jsonl': '{"id":"key","text":"Secret"}', deep: { 'key.md': 'Secret' } },
  })
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(cwd, name))
  const store = createMemoryDocumentStore()
  return {
    cwd,
    store,
    run: (paths: readonly string[], prune = false, onProgress?: (progress: IngestProgress) => void) =>
      ingest(paths, { store, prune, now: () => 0, cwd, ...(onProgress && { onProgress }) }),
    ids: async () => (await store.list({ limit: 100 })).map(({ id }) => id),
  }
}

const OUT = {
  'kb/absolute.jsonl': '../private/keys.jsonl',
  'kb/chained.md': 'relative.md',
  'kb/folder': '../private',
  'kb/relative.md': '../private/key.md',
}

t.test('links out of the folder are not read, and are reported once', async t => {
  const { run, ids } = world(t, OUT)
  const { failed, skipped } = await run(['kb'])
  t.same(failed, [])
  t.same(skipped, [
    { what: 'kb/folder', reason: 'link', files: 1 },
    { what: 'kb/absolute.jsonl', reason: 'outside', files: 3 },
  ])
  t.same(await ids(), ['kb/a.md', 'kb/sub/b.md'])
})

t.test('a pattern follows no links out of its folder, to files or to folders', async t => {
  const { run, ids } = world(t, { ...OUT, 'kb/sub/up': '../../private', 'kb/sub/near': '.' })
  const patterns = ['kb/*', 'kb/**/*.md', 'kb/*/near/*.md', 'kb/*/up/**', 'kb/{folder,sub/up}/**/*.md', 'kb/fo[l]der/*.md']
  const { failed, skipped } = await run(patterns)
  t.same(
    failed.map(({ where }) => where),
    ['kb/*/up/**', 'kb/{folder,sub/up}/**/*.md', 'kb/fo[l]der/*.md'],
    'as if nothing was there',
  )
  t.same(
    skipped.filter(({ reason }) => reason === 'outside').map(({ what, files }) => [what, files]),
    [
      ['kb/absolute.jsonl', 3],
      ['kb/chained.md', 2],
      ['kb/sub/up/deep/key.md', 3],
      ['kb/folder/deep/key.md', 4],
      ['kb/folder/key.md', 1],
    ],
  )
  t.same(await ids(), ['kb/a.md', 'kb/sub/b.md', 'kb/sub/near/b.md'])
})

t.test('links to files in the folder are followed, and loops end', async t => {
  const { run, ids, cwd } = world(t, {
    'kb/again.md': 'sub/b.md',
    'kb/sub/up.md': '../a.md',
    'kb/loop': '.',
    'kb/self.md': 'self.md',
  })
  symlinkSync(cwd, join(cwd, 'kb/higher'))
  t.match((await run(['kb'])).failed, [{ where: 'kb/self.md', problem: /ELOOP/ }])
  t.same(await ids(), ['kb/a.md', 'kb/again.md', 'kb/sub/b.md', 'kb/sub/up.md'])
})

t.test('a link that is named is read, and so is a folder behind one', async t => {
  const { run, ids } = world(t, { 'key.md': 'private/key.md', linked: 'kb', 'kb/a-again.md': 'a.md' })
  t.same((await run(['key.md', 'linked'])).skipped, [])
  t.same(await ids(), ['key.md', 'linked/a-again.md', 'linked/a.md', 'linked/sub/b.md'])
})

t.test('a file or folder that becomes a link out of the folder before it is read, is not read', async t => {
  const { run, ids, cwd } = world(t, { 'kb/c.md': 'a.md' })
  const { failed } = await run(['kb'], false, ({ step }) => {
    if (step !== 'survey') return
    rmSync(join(cwd, 'kb/a.md'))
    symlinkSync('../private/key.md', join(cwd, 'kb/a.md'))
    renameSync(join(cwd, 'kb/sub'), join(cwd, 'moved'))
    symlinkSync('../private', join(cwd, 'kb/sub'))
    renameSync(join(cwd, 'private/key.md'), join(cwd, 'private/b.md'))
    symlinkSync('b.md', join(cwd, 'private/key.md'))
  })
  t.same(
    failed.filter(({ where }) => where !== 'kb').map(({ where, problem }) => [where, problem]),
    ['kb/a.md', 'kb/c.md', 'kb/sub/b.md'].map(file => [file, 'A link out of the folder given']),
  )
  t.same(await ids(), [])
})

t.test('pruning removes the document of a link that now leads out of the folder', async t => {
  const { run, ids, cwd } = world(t, { 'kb/c.md': 'a.md' })
  await run(['kb'])
  rmSync(join(cwd, 'kb/c.md'))
  symlinkSync('../private/key.md', join(cwd, 'kb/c.md'))
  t.equal((await run(['kb'], true)).removed, 1)
  t.same(await ids(), ['kb/a.md', 'kb/sub/b.md'])
})
