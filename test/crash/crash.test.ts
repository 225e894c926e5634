import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { crashRun } from './crash-run.ts'

t.test('what a server acknowledged survives 20 kills under load', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-crash-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const seed = Date.now() % 1000
  t.comment(`seed ${seed}`)
  const { counts, failures } = await crashRun({ kills: 20, seed, folder })
  t.same(failures, [])
  t.comment(Object.fromEntries(counts))
  for (const done of ['turns', 'replays', 'erased by DELETE', 'documents put', 'ingest: done', 'prune: done'])
    t.ok(counts.get(done), `${done}: ${counts.get(done)}`)
})
