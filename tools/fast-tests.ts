/**
 * The fast ring: the tests of `test/src` that start no process, open no port and take at most 2 s,
 * one after the other in this process: 60 s of processor time in all. A file belongs to it by what
 * it imports, also through its helpers, unless it is listed as slow.
 *
 *   npm run test:fast [-- TEXT]    only files whose path contains TEXT
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'

const STARTS_MORE = /from '(?:node:(?:child_process|http|https|net|tls)|fastify|smtp-server)'|\bfetch\(/
const HELPER = /from '(\.{1,2}\/[^']+\.ts)'/g
const LIMIT_MS = 600_000
/** Threads, large inputs, bounds on time, and what modules are loaded: `npm test` runs them. */
const SLOW = [
  'answering/confidence',
  'answering/pool/answer-pool',
  'answering/reply/reply-text',
  'audit/audit-verification',
  'database/privacy/erased-pages',
  'database/turn-store',
  'knowledge/formats/binary-formats',
  'knowledge/formats/markdown-dialects',
  'knowledge/formats/markdown/slow-markdown',
  'knowledge/formats/eval-rst',
  'knowledge/ingest/ingest',
  'knowledge/ingest/private-includes',
  'knowledge/ingest/reading-pool',
  'logging/erasure/log-erasure',
  'logging/redaction/redactor',
  'logging/retention/retention',
  'search/passage-search',
  'search/shared/concurrent-searches',
  'watch/series/series-store',
].map(name => join('src', `${name}.test.ts`))

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
const paths = globSync('src/**/*.test.ts', { cwd: root }).sort()
for (const path of SLOW) if (!paths.includes(path)) throw new Error(`${path} is listed as slow and does not exist`)
for (const path of paths) {
  const file = join(root, path)
  if (path.includes(only) && !SLOW.includes(path) && !startsMore(file)) await import(file)
}
