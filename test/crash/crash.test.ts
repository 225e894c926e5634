import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { crashRun } from './crash-run.ts'

t.test('what a server acknowledged survives 20 kills under load', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-crash-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { counts, failures } = await crashRun({ kills: 20, seed: Date.now() % 1000, folder })
  t.same(failures, [])
  t.comment(Object.fromEntries(counts))
  for (const done of ['turns', 'replays', 'erased by DELETE', 'documents put', 'ingest: done', 'prune: done'])
    t.ok(counts.get(done), `${done}: ${counts.get(done)}`)
})
