import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

t.test('pipes, sockets, devices and links to folders are named and not read', async t => {
  const cwd = t.testdir({ kb: { 'a.md': 'Tea\n\n```{include} pipe.md\n```' }, other: { 'b.md': 'Cups' } })
  const kb = join(cwd, 'kb')
  for (const name of ['pipe.md', 'pipe.rst', 'pipe.html', 'pipe.jsonl', 'pipe.pdf', '_part.md', 'pipe'])
    execFileSync('mkfifo', [join(kb, name)])
  await symlink('/dev/zero', join(kb, 'zero.md'))
  await symlink(join(kb, 'pipe.md'), join(kb, 'linked.md'))
  await symlink('.', join(kb, 'loop'))
  await symlink(join(cwd, 'other'), join(kb, 'other.md'))
  await symlink('nowhere', join(kb, 'broken.md'))
  // The path of a socket has at most 107 characters.
  const short = await mkdtemp(join(tmpdir(), 'tea-'))
  const server = createServer().listen(join(short, 'socket'))
  await once(server, 'listening')
  t.teardown(async () => {
    server.close()
    await rm(short, { recursive: true })
  })
  await symlink(join(short, 'socket'), join(kb, 'socket.md'))

  const store = createMemoryDocumentStore()
  const run = (...paths: string[]) => ingest(paths, { store, prune: false, now: () => 0, cwd })
  const { added, failed, skipped } = await run('kb')
  t.equal(added, 1)
  t.same(
    failed.map(({ where }) => where),
    ['kb/broken.md'],
  )
  const special = ['_part.md', 'linked.md', 'pipe.html', 'pipe.jsonl', 'pipe.md', 'pipe.pdf', 'pipe.rst', 'socket.md', 'zero.md']
  t.same(skipped, [
    { what: '', reason: 'unknown_format', files: 1 },
    ...special.map(name => ({ what: `kb/${name}`, reason: 'special', files: 1 })),
    ...['loop', 'other.md'].map(name => ({ what: `kb/${name}`, reason: 'link', files: 1 })),
    { what: 'kb/a.md: pipe.md', reason: 'include', files: 1 },
  ])

  const named = await run('kb/pipe.md', 'kb/pipe.rst', 'kb/pipe.jsonl')
  t.same(
    named.failed.map(({ where, problem }) => [where, problem]),
    ['kb/pipe.md', 'kb/pipe.rst', 'kb/pipe.jsonl'].map(name => [name, 'Not a regular file']),
  )
})
