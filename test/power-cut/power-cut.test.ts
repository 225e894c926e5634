import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { findObstacle } from '../faults/layer/fault-layer.ts'
import { powerCutRun } from './power-cut-run.ts'

t.test('what a server acknowledged survives 10 power cuts', { skip: findObstacle() ?? false }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-power-cut-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const seed = Date.now() % 1000
  t.comment(`seed ${seed}`)
  const { counts, failures } = await powerCutRun({ states: 10, seed, folder })
  t.same(failures, [])
  t.comment(Object.fromEntries(counts))
  for (const checked of ['turns checked', 'documents checked', 'erased by DELETE']) t.ok(counts.get(checked), checked)
})
