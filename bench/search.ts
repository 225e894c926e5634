import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import MiniSearch from 'minisearch'
import { createSearchEngine, loadSearchEngine } from '../src/search/passage-search.ts'
import type { SearchEngine } from '../src/search/search-engine.ts'
import { median, percentile } from './statistics.ts'

/*
 * node bench/search.ts [--copies N] FOLDER       speed and size beside MiniSearch's, over a folder with corpus.jsonl, or of Markdown pages
 * node bench/search.ts --run FOLDER OUT.tsv      the best 100 documents for each of its queries.jsonl, as query<TAB>document<TAB>score
 *
 * With --copies every page is indexed so many times, its words renamed in part, so that the vocabulary grows as it does in a larger collection.
 */

interface Page {
  readonly id: string
  readonly title: string
  readonly text: string
}

const HITS = 10
const RUN_HITS = 100
const QUERIES = 1000
const WORDS_A_QUERY = 8

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { run: { type: 'boolean', default: false }, copies: { type: 'string', default: '1' } },
})
const [folder, out] = positionals
if (folder === undefined || (values.run && out === undefined)) {
  console.error('usage: node bench/search.ts [--copies N] FOLDER | --run FOLDER OUT.tsv')
  process.exit(2)
}
const pages = readPages(folder)
if (values.run) writeRun(folder, out)
else compare(multiplied(pages, Number(values.copies)))

function readPages(path: string): Page[] {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  if (names.includes('corpus.jsonl')) return readLines<Page>(join(path, 'corpus.jsonl'))
  return names
    .filter(name => name.endsWith('.md'))
    .map(name => {
      const text = readFileSync(join(path, name), 'utf8')
      return { id: name, title: /^# (.*)$/m.exec(text)?.[1] ?? name, text }
    })
}

function readLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T)
}

function writeRun(path: string, target: string): void {
  const engine = build(pages)
  const lines: string[] = []
  for (const { id, text } of readLines<{ id: string; text: string }>(join(path, 'queries.jsonl'))) {
    for (const { documentId, score } of engine.search(text, RUN_HITS).hits) lines.push(`${id}\t${documentId}\t${score}\n`)
  }
  writeFileSync(target, lines.join(''))
}

/** Every page so many times; in each copy but the first a third of the words is another one. */
function multiplied(originals: readonly Page[], copies: number): Page[] {
  return Array.from({ length: copies }).flatMap((_, copy) =>
    originals.map(({ id, title, text }) => ({
      id: `${copy}/${id}`,
      title,
      text: copy === 0 ? text : text.replace(/[a-z]{7,}/gi, word => (word.charCodeAt(2) % 3 === 0 ? word + (copy % 26) : word)),
    })),
  )
}

function compare(all: readonly Page[]): void {
  const queries = makeQueries(all)
  const bytesOfText = all.reduce((sum, { title, text }) => sum + title.length + text.length, 0)
  console.log(
    `${all.length} passages, ${(bytesOfText / 1e6).toFixed(1)} MB of text; ${QUERIES} queries of ${WORDS_A_QUERY} words, k = ${HITS}\n`,
  )
  console.log(
    '| | build, passages/s | query p50, ms | query p99, ms | saved, MB | load, ms | memory, MB |\n|---|---|---|---|---|---|---|',
  )
  row('Pellucid', all, queries, {
    build: () => build(all),
    search: (engine, query) => engine.search(query, HITS),
    save: engine => engine.save(1),
    load: bytes => loadSearchEngine(bytes),
  })
  row('MiniSearch', all, queries, {
    build: () => {
      const mini = new MiniSearch<Page>({ fields: ['title', 'text'] })
      mini.addAll(all)
      return mini
    },
    search: (mini, query) => mini.search(query).slice(0, HITS),
    save: mini => Buffer.from(JSON.stringify(mini)),
    load: bytes => MiniSearch.loadJSON(Buffer.from(bytes).toString(), { fields: ['title', 'text'] }),
  })
}

function build(all: readonly Page[]): SearchEngine {
  const engine = createSearchEngine()
  for (const { id, title, text } of all) engine.replace(id, title, [{ ordinal: 0, headings: [], text }])
  return engine
}

/** Words as they follow each other somewhere in the collection, common and rare as they come, half of them from a second place. */
function makeQueries(all: readonly Page[]): string[] {
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const words = () => {
    const found = all[random(all.length)].text.match(/\p{L}+/gu) ?? []
    const start = random(Math.max(1, found.length - WORDS_A_QUERY / 2))
    return found.slice(start, start + WORDS_A_QUERY / 2)
  }
  return Array.from({ length: QUERIES }, () => [...words(), ...words()].join(' '))
}

interface Contender<T> {
  readonly build: () => T
  readonly search: (engine: T, query: string) => unknown
  readonly save: (engine: T) => Uint8Array
  readonly load: (bytes: Uint8Array) => unknown
}

function row<T>(
  name: string,
  all: readonly Page[],
  queries: readonly string[],
  { build, search, save, load }: Contender<T>,
): void {
  const before = memory()
  const [engine, buildMs] = timed(build)
  const memoryBytes = memory() - before
  for (const query of queries.slice(0, 200)) search(engine, query)
  const took = queries.map(query => timed(() => search(engine, query))[1])
  const bytes = save(engine)
  const [, loadMs] = timed(() => load(bytes))
  const figures = [
    Math.round((all.length / buildMs) * 1000).toString(),
    median(took).toFixed(3),
    percentile(took, 0.99).toFixed(3),
    (bytes.length / 1e6).toFixed(1),
    loadMs.toFixed(0),
    (memoryBytes / 1e6).toFixed(0),
  ]
  console.log(`| ${name} | ${figures.join(' | ')} |`)
}

function timed<T>(work: () => T): [T, number] {
  const start = performance.now()
  const value = work()
  return [value, performance.now() - start]
}

/** Heap and buffers in use; exact only where the process runs with --expose-gc. */
function memory(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
