import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { cleanEnvironment } from '../../worlds/server-world.ts'

const BIN = join(import.meta.dirname, '../../../src/cli/pellucid.js')
/** More than a pipe holds, so that the command still writes when its reader ends. */
const DOCUMENTS = 3000

/** Creates a folder with documents, and a function that starts the command there. */
function openWorld(t: Test) {
  const cwd = t.testdir()
  const line = (_: unknown, i: number) => `${JSON.stringify({ id: `tea-${i}`, title: `Tea ${i} `.repeat(10), text: 'Tea.' })}\n`
  writeFileSync(join(cwd, 'tea.jsonl'), Array.from({ length: DOCUMENTS }, line).join(''))
  return (...args: string[]) =>
    spawn(process.execPath, [BIN, ...args], { cwd, env: { ...cleanEnvironment(), DATA_DIR: join(cwd, 'data') } })
}

t.test('a command ends quietly when its reader closes the pipe, and one that changes something finishes', async t => {
  const pellucid = openWorld(t)
  const ingest = pellucid('ingest', 'tea.jsonl')
  ingest.stdout.destroy()
  const ingested = text(ingest.stderr)
  t.same(await once(ingest, 'close'), [0, null])
  t.equal(await ingested, '')

  const list = pellucid('documents', 'list')
  const problems = text(list.stderr)
  await once(list.stdout, 'data')
  list.stdout.destroy()
  t.same(await once(list, 'close'), [141, null])
  t.equal(await problems, '')

  const whole = pellucid('documents', 'list')
  t.equal((await text(whole.stdout)).trim().split('\n').length, DOCUMENTS)
})
