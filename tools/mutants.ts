/**
 * Changes one constant or operator of search and answers at a time, in a copy of the project, and
 * counts how many of the changes the tests notice: first `test:quality`, then `test:fast`.
 *
 *   node tools/mutants.ts [--quality-only] [--only TEXT]
 *
 * Prints a line for each change. Exits with 1 if fewer than 24 of 30 are noticed, and with 2 if a
 * text to change is no longer in its file exactly once, or if the unchanged copy fails.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

interface Mutant {
  readonly file: string
  readonly from: string
  readonly to: string
}

const ROOT = join(import.meta.dirname, '..')
const LEAST_NOTICED = 24
const COPIED = [
  'src',
  'plugins',
  'otel',
  'test',
  'tools',
  'docs',
  'texts',
  'package.json',
  'tsconfig.json',
  '.taprc',
  'README.md',
]

const WEIGHTS = 'src/search/ranking/ranking-weights.ts'
const SEGMENTS = 'src/answering/segment-score.ts'
const CONFIDENCE = 'src/answering/confidence.ts'

const MUTANTS: readonly Mutant[] = [
  { file: WEIGHTS, from: 'words: 0.5', to: 'words: 0' },
  { file: WEIGHTS, from: 'document: 0.5', to: 'document: 0' },
  { file: WEIGHTS, from: 'title: 0.3', to: 'title: 0' },
  { file: WEIGHTS, from: 'pairs: 0.2', to: 'pairs: 0' },
  { file: WEIGHTS, from: 'segment: 0.8', to: 'segment: 0' },
  { file: WEIGHTS, from: 'page: 0.5', to: 'page: 0' },
  { file: WEIGHTS, from: 'mentions: 2', to: 'mentions: 0' },
  { file: SEGMENTS, from: 'search: 2', to: 'search: 0' },
  { file: SEGMENTS, from: 'document: 1.5', to: 'document: 0' },
  { file: SEGMENTS, from: 'passage: 2.5', to: 'passage: 0' },
  { file: SEGMENTS, from: 'definition: 5', to: 'definition: 0' },
  { file: SEGMENTS, from: 'segmentAndPath: 3', to: 'segmentAndPath: 0' },
  { file: SEGMENTS, from: 'segment: 3', to: 'segment: 0' },
  { file: SEGMENTS, from: 'codeForHow: 2.8', to: 'codeForHow: 0' },
  { file: SEGMENTS, from: 'number: 2.5', to: 'number: 0' },
  { file: CONFIDENCE, from: 'covered: 3.2', to: 'covered: 0' },
  { file: CONFIDENCE, from: 'together: 1.8', to: 'together: 0' },
  { file: CONFIDENCE, from: 'headed: 2.7', to: 'headed: 0' },
  { file: CONFIDENCE, from: 'missing: -2.2', to: 'missing: 0' },
  { file: CONFIDENCE, from: 'words: 0.55', to: 'words: 0' },
  { file: CONFIDENCE, from: 'mass: 1.6', to: 'mass: 0' },
  { file: CONFIDENCE, from: 'coveredInSmall: 4', to: 'coveredInSmall: 0' },
  { file: CONFIDENCE, from: 'EVEN_ODDS = -6.6', to: 'EVEN_ODDS = -4.6' },
  { file: CONFIDENCE, from: 'confidence < threshold', to: 'confidence > threshold' },
  { file: 'src/search/ranking/top-k-heap.ts', from: 'score < thanScore ||', to: 'score > thanScore ||' },
  { file: 'src/answering/likeness.ts', from: 'STOP_WORD_SHARE = 0.2', to: 'STOP_WORD_SHARE = 1' },
  { file: 'src/answering/weighed-words.ts', from: 'GREATEST_IDF_LOSS = 0.7', to: 'GREATEST_IDF_LOSS = 0' },
  { file: 'src/answering/question/follow-up.ts', from: 'QUESTION_WEIGHTS = [0.5, 0.2]', to: 'QUESTION_WEIGHTS = [0, 0]' },
  { file: 'src/answering/search-in-context.ts', from: 'SYNONYM_WEIGHT = 0.2', to: 'SYNONYM_WEIGHT = 2' },
  { file: 'src/search/query/spelling-corrector.ts', from: 'MIN_CORRECTED_LETTERS = 5', to: 'MIN_CORRECTED_LETTERS = 50' },
]

const { values } = parseArgs({ options: { 'quality-only': { type: 'boolean' }, only: { type: 'string' } } })
const { only } = values
const rings = values['quality-only'] ? ['test:quality'] : ['test:quality', 'test:fast']
const chosen = MUTANTS.filter(mutant => only === undefined || describe(mutant).includes(only))
const copy = mkdtempSync(join(tmpdir(), 'pellucid-mutants-'))
process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true, verbatimSymlinks: true })
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))

const failing = rings.find(ring => !passes(ring))
if (failing !== undefined) stop(`npm run ${failing} fails without a change.`)
let noticed = 0
for (const mutant of chosen) {
  const ring = withMutant(mutant, () => rings.find(name => !passes(name)))
  if (ring !== undefined) noticed++
  process.stdout.write(`${(ring ?? 'NOT NOTICED').padEnd(14)} ${describe(mutant)}\n`)
}
process.stdout.write(`${noticed} of ${chosen.length} noticed\n`)
process.exitCode = only === undefined && noticed < LEAST_NOTICED ? 1 : 0

function withMutant<T>({ file, from, to }: Mutant, run: () => T): T {
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  if (source.split(from).length !== 2) stop(`${file} has "${from}" ${source.split(from).length - 1} times.`)
  writeFileSync(path, source.replace(from, to))
  try {
    return run()
  } finally {
    writeFileSync(path, source)
  }
}

function passes(script: string): boolean {
  const env = { ...process.env, TAP: '', NODE_COMPILE_CACHE: '' }
  return spawnSync('npm', ['run', '--silent', script], { cwd: copy, stdio: 'ignore', env }).status === 0
}

function describe({ file, from, to }: Mutant): string {
  return `${file}: ${from} → ${to}`
}

function stop(problem: string): never {
  process.stderr.write(`${problem}\n`)
  process.exit(2)
}
