/**
 * The fast ring: the tests of `test/src` that start no process and open no port, one after the
 * other in this process. A file belongs to it by what it imports, also through its helpers.
 *
 *   npm run test:fast [-- TEXT]    only files whose path contains TEXT
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'

const STARTS_MORE = /from '(?:node:(?:child_process|http|https|net|tls)|fastify|smtp-server)'|\bfetch\(/
const HELPER = /from '(\.{1,2}\/[^']+\.ts)'/g
const LIMIT_MS = 600_000

const root = join(import.meta.dirname, '../test')
const [, , only = ''] = process.argv
const looked = new Map<string, boolean>()

/** Returns whether a file of `test` starts a process or opens a port. */
function startsMore(file: string): boolean {
  const known = looked.get(file)
  if (known !== undefined) return known
  // A file that imports itself through others starts no more than those.
  looked.set(file, false)
  const source = readFileSync(file, 'utf8')
  const helpers = [...source.matchAll(HELPER)].map(([, path = '']) => resolve(dirname(file), path))
  const starts = STARTS_MORE.test(source) || helpers.some(helper => helper.startsWith(root) && startsMore(helper))
  looked.set(file, starts)
  return starts
}

t.setTimeout(LIMIT_MS)
for (const path of globSync('src/**/*.test.ts', { cwd: root }).sort()) {
  const file = join(root, path)
  if (path.includes(only) && !startsMore(file)) await import(file)
}
