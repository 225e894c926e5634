import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { cleanEnvironment } from '../../worlds/server-world.ts'

const ROOT = join(import.meta.dirname, '../../..')
const LONG_AGO_S = Date.UTC(2020, 0, 1) / 1000

function createWorld(t: { teardown(fn: () => unknown): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'pellucid-prune-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  const recent = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10)
  for (const [stream, day] of [
    ['debug', '2020-01-01'],
    ['error', recent],
  ] as const) {
    mkdirSync(join(dir, stream))
    const path = join(dir, stream, `${stream}.${day}.1.log`)
    writeFileSync(path, '{"level":"INFO"}\n')
    utimesSync(path, LONG_AGO_S, LONG_AGO_S)
  }
  const has = (path: string) => existsSync(join(dir, path))
  const prune = (...args: string[]) =>
    spawnSync(process.execPath, ['src/cli/pellucid.js', 'logs', 'prune', ...args], {
      cwd: ROOT,
      env: { ...cleanEnvironment(), LOG_DIR: dir },
      encoding: 'utf8',
    })
  return { recent, has, prune }
}

t.test('prune does what a dry run said it would, and then has nothing to do', async t => {
  const { recent, has, prune } = createWorld(t)
  const dry = prune('--dry-run')
  t.equal(dry.status, 0, dry.stderr)
  t.match(dry.stdout, 'would be deleted debug/debug.2020-01-01.1.log: its time is over')
  t.match(dry.stdout, `would be compressed error/error.${recent}.1.log`)
  t.ok(has('debug/debug.2020-01-01.1.log'))
  const real = prune()
  t.equal(real.status, 0, real.stderr)
  t.match(real.stdout, /^deleted debug\/debug\.2020-01-01\.1\.log/m)
  t.notOk(has('debug/debug.2020-01-01.1.log'))
  t.ok(has(`error/error.${recent}.1.log.gz`))
  t.equal(prune().stdout, 'compressed: 0, deleted: 0 (0.0 MiB), failed: 0\n')
})

t.test('no log is nothing to prune', async t => {
  const { status, stdout } = spawnSync(process.execPath, ['src/cli/pellucid.js', 'logs', 'prune'], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), LOG_DIR: '/nonexistent/logs' },
    encoding: 'utf8',
  })
  t.equal(status, 0)
  t.match(stdout, /^compressed: 0, deleted: 0/)
})
