import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import MiniSearch from 'minisearch'
import { readDocument } from '../src/knowledge/ingest/document-reader.ts'
import { createSearchEngine, loadSearchEngine, type PassageSearch } from '../src/search/passage-search.ts'
import { RANKING_WEIGHTS, WORDS_ONLY } from '../src/search/ranking/ranking-weights.ts'
import { indexBytes } from '../test/src/search/index-bytes.ts'
import { median, percentile } from './harness/statistics.ts'

/*
 * node --expose-gc bench/search.ts [--passages N] [--alone] FOLDER
 *
 * Measures speed and size over a folder with corpus.jsonl, or of Markdown pages. --passages N
 * copies the collection until it has N passages, and renames a third of the words in each copy, to
 * make the vocabulary grow as in a larger collection. --alone skips the other engines.
 */

interface Passage {
  readonly documentId: string
  readonly title: string
  readonly ordinal: number
  readonly headings: readonly string[]
  readonly text: string
}

interface Contender<T> {
  readonly build: () => T
  readonly search: (engine: T, query: string) => unknown
  readonly save?: (engine: T) => Uint8Array
  readonly load?: (bytes: Uint8Array) => unknown
  /** Memory that no statistics of the process count. */
  readonly sharedBytes?: (engine: T) => number
}

const HITS = 10
const QUERIES = 1000
const WORDS_PER_QUERY = 8

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { passages: { type: 'string' }, alone: { type: 'boolean', default: false } },
})
const [folder] = positionals
if (folder === undefined) {
  console.error('usage: node --expose-gc bench/search.ts [--passages N] [--alone] FOLDER')
  process.exit(2)
}
const passages = multiplied(await readPassages(folder), values.passages === undefined ? undefined : Number(values.passages))
const queries = makeQueries(passages)
console.log(`${passages.length} passages; ${QUERIES} queries of ${WORDS_PER_QUERY} words, top ${HITS}\n`)
console.log('| | built, passages/s | query p50, ms | query p99, ms | saved, MB | loaded, ms | memory, MB |')
console.log('|---|---|---|---|---|---|---|')
for (const [name, weights] of [
  ['Pellucid', RANKING_WEIGHTS],
  ['Pellucid, first stage', WORDS_ONLY],
] as const) {
  measure(name, {
    build: () => build(weights),
    search: (engine, query) => engine.search(query, HITS),
    save: engine => indexBytes(engine),
    load: bytes => loadSearchEngine(bytes, weights),
    sharedBytes: ({ memory }) => [...memory.arrays.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
  })
}
if (!values.alone) {
  measure('SQLite FTS5, Porter', { build: buildFts, search: (search, query) => search(query) })
  measure('MiniSearch', {
    build: buildMini,
    search: (mini, query) => mini.search(query).slice(0, HITS),
    save: mini => Buffer.from(JSON.stringify(mini)),
    load: bytes => MiniSearch.loadJSON(Buffer.from(bytes).toString(), { fields: ['title', 'text'] }),
  })
}
console.log(`\nLongest step of adding, replacing and removing 2000 documents: ${longestStepMs().toFixed(1)} ms`)
console.log(`Longest step of saving: ${longestSavingStepMs().toFixed(1)} ms`)

async function readPassages(path: string): Promise<Passage[]> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  const sources = names.includes('corpus.jsonl')
    ? readFileSync(join(path, 'corpus.jsonl'), 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map(line => ({ ...(JSON.parse(line) as { id: string; title?: string; text: string }), format: 'text' as const }))
    : names
        .filter(name => name.endsWith('.md'))
        .map(id => ({ id, title: undefined, text: readFileSync(join(path, id), 'utf8'), format: 'markdown' as const }))
  const read: Passage[] = []
  for (const source of sources) {
    const title = source.title === '' ? undefined : source.title
    const document = await readDocument({ ...source, title, owner: 'operator' })
    for (const { ordinal, headings, text } of document.passages)
      read.push({ documentId: document.id, title: document.title, ordinal, headings, text })
  }
  return read
}

function multiplied(originals: readonly Passage[], wanted = originals.length): Passage[] {
  return Array.from({ length: wanted }, (_, i) => {
    const copy = Math.floor(i / originals.length)
    const original = originals[i % originals.length]!
    const rename = (word: string) => (word.charCodeAt(2) % 3 === 0 ? word + (copy % 26) : word)
    const text = copy === 0 ? original.text : original.text.replace(/[a-z]{7,}/gi, rename)
    return { ...original, documentId: `${copy}/${original.documentId}`, text }
  })
}

/** Queries of adjacent words from two random places of the collection, half from each. */
function makeQueries(all: readonly Passage[]): string[] {
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const words = () => {
    const found = all[random(all.length)]!.text.match(/\p{L}+/gu) ?? []
    const start = random(Math.max(1, found.length - WORDS_PER_QUERY / 2))
    return found.slice(start, start + WORDS_PER_QUERY / 2)
  }
  return Array.from({ length: QUERIES }, () => [...words(), ...words()].join(' '))
}

function build(weights = RANKING_WEIGHTS): PassageSearch {
  const engine = createSearchEngine(weights)
  for (const { documentId, title, parts } of documents()) engine.replace(documentId, title, parts)
  return engine
}

function* documents(): Generator<{ readonly documentId: string; readonly title: string; readonly parts: readonly Passage[] }> {
  for (let start = 0; start < passages.length; ) {
    let end = start + 1
    while (passages[end]?.documentId === passages[start]!.documentId) end++
    yield { ...passages[start]!, parts: passages.slice(start, end) }
    start = end
  }
}

function buildFts(): (query: string) => unknown {
  const database = new DatabaseSync(':memory:')
  database.exec("CREATE VIRTUAL TABLE passages USING fts5(title, text, tokenize = 'porter unicode61'); BEGIN")
  const insert = database.prepare('INSERT INTO passages VALUES (?, ?)')
  for (const { title, text } of passages) insert.run(title, text)
  database.exec('COMMIT')
  const select = database.prepare('SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT 10')
  return query => select.all((query.match(/\p{L}+/gu) ?? []).map(word => `"${word}"`).join(' OR ') || '""')
}

function buildMini(): MiniSearch<Passage & { readonly id: number }> {
  const mini = new MiniSearch<Passage & { readonly id: number }>({ fields: ['title', 'text'] })
  for (const [id, passage] of passages.entries()) mini.add({ id, ...passage })
  return mini
}

function measure<T>(name: string, { build, search, save, load, sharedBytes }: Contender<T>): void {
  const before = memory()
  const [engine, buildMs] = timed(build)
  const memoryBytes = memory() - before + (sharedBytes?.(engine) ?? 0)
  for (const query of queries.slice(0, 300)) search(engine, query)
  const took = queries.map(query => timed(() => search(engine, query))[1])
  const bytes = save?.(engine)
  const loadMs = bytes === undefined || load === undefined ? undefined : timed(() => load(bytes))[1]
  const figures = [
    Math.round((passages.length / buildMs) * 1000).toString(),
    median(took).toFixed(2),
    percentile(took, 0.99).toFixed(2),
    bytes === undefined ? '' : (bytes.length / 1e6).toFixed(0),
    loadMs?.toFixed(0) ?? '',
    (memoryBytes / 1e6).toFixed(0),
  ]
  console.log(`| ${name} | ${figures.join(' | ')} |`)
}

/**
 * The longest time that document changes can delay a search: the longest step between two pauses of
 * the index manager.
 */
function longestStepMs(): number {
  const engine = build()
  let longest = 0
  const changed = [...documents()].slice(0, 2000)
  for (const parts of ['same', 'none', 'same'] as const) {
    for (const { documentId, title, parts: all } of changed) {
      const steps = engine.replaceInSteps(documentId, title, parts === 'none' ? [] : all)
      for (let isDone = false; !isDone; ) {
        const [step, tookMs] = timed(() => steps.next())
        longest = Math.max(longest, tookMs)
        isDone = step.done === true
      }
    }
  }
  return longest
}

/** The same for saving the index. */
function longestSavingStepMs(): number {
  const slices = build().encodeInSlices(1)[Symbol.iterator]()
  for (let longest = 0; ; ) {
    const [step, tookMs] = timed(() => slices.next())
    longest = Math.max(longest, tookMs)
    if (step.done) return longest
  }
}

function timed<T>(work: () => T): [T, number] {
  const start = performance.now()
  const value = work()
  return [value, performance.now() - start]
}

/** Heap and buffers in use, without SQLite's memory. Exact only with --expose-gc. */
function memory(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
