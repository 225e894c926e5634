import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { cleanEnvironment } from '../../worlds/server-world.ts'
import { until } from '../../worlds/until.ts'

const BIN = join(import.meta.dirname, '../../../src/cli/pellucid.js')
const PAGES = 3000

/** Reads from a database that another process may write. */
function query(dataDir: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(dataDir, 'pellucid.sqlite'), { readOnly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

function countDocuments(dataDir: string): number {
  try {
    return Number(query(dataDir, 'SELECT count(*) AS documents FROM documents')[0]?.documents)
  } catch {
    // The tables do not exist yet.
    return 0
  }
}

const STORED = [
  'SELECT id, title, format, url, file, owner, hash, passage_count, text_bytes, text FROM documents ORDER BY id',
  'SELECT * FROM passages ORDER BY document_id, ordinal',
]

t.test('an ingest that is killed is continued by the next one, with the same result as one run', async t => {
  const cwd = t.testdir()
  for (let i = 0; i < PAGES; i++) {
    const folder = join(cwd, 'kb', String(i % 10))
    mkdirSync(folder, { recursive: true })
    const sections = Array.from({ length: 4 }, (_, j) => `## Step ${j}\n\nPut *${i * j}* cups of \`tea-${i}\` on the table.\n`)
    writeFileSync(join(folder, `${i}.md`), `# Page ${i}\n\n${sections.join('\n')}`)
  }
  const [broken, whole] = [join(cwd, 'broken'), join(cwd, 'whole')] as const
  const start = (dataDir: string) => ({ cwd, env: { ...cleanEnvironment(), DATA_DIR: dataDir, LOG_DIR: join(dataDir, 'logs') } })

  const child = spawn(process.execPath, [BIN, 'ingest', 'kb'], { ...start(broken), stdio: 'ignore' })
  const exit = once(child, 'exit')
  await until(() => countDocuments(broken) > 0)
  child.kill('SIGKILL')
  t.same(await exit, [null, 'SIGKILL'])
  const kept = countDocuments(broken)
  t.ok(kept > 0 && kept < PAGES, `${kept} of ${PAGES} documents were stored`)

  const ingest = (dataDir: string) =>
    spawnSync(process.execPath, [BIN, 'ingest', 'kb'], { ...start(dataDir), encoding: 'utf8' }).stdout
  t.match(
    ingest(broken),
    new RegExp(`^${PAGES - kept} added, 0 replaced, ${kept} unchanged, 0 removed, 0 failed in [\\d.]+ s\n$`, 'm'),
  )
  t.match(ingest(whole), new RegExp(`^${PAGES} added, 0 replaced, 0 unchanged, 0 removed, 0 failed in [\\d.]+ s\n$`, 'm'))
  for (const sql of STORED) t.ok(JSON.stringify(query(broken, sql)) === JSON.stringify(query(whole, sql)), sql)
  t.same(query(broken, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
})
