import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { type Collection, readCollection } from '../src/evaluation/collection.ts'
import { measure } from '../src/evaluation/measures.ts'
import { readDocument } from '../src/knowledge/ingest/document-reader.ts'
import { createSearchEngine, loadSearchEngine } from '../src/search/passage-search.ts'
import { RANKING_WEIGHTS, type RankingWeights, WORDS_ONLY } from '../src/search/ranking/ranking-weights.ts'
import { indexBytes } from '../test/src/search/index-bytes.ts'
import { BASELINES, type BenchPassage, type BenchSearch } from './baselines.ts'

/*
 * node bench/ablation.ts [--only NAME=WEIGHT,…]… FOLDER…
 *
 * Measures the benefit and cost of each part of the ranking, as mean nDCG@10 by collection. The
 * first rows are other engines over the same passages; --only skips them. CPU time is that of all
 * threads over all questions. The last column omits each collection in turn: it shows parts that
 * improve the mean only because of a single collection.
 */

const RANKED = 100
/** Questions asked before the measurement, to let the code be compiled. */
const WARM_UP_QUERIES = 100

interface Row {
  /** Mean nDCG@10 by collection. */
  readonly ndcg: number[]
  queries: number
  /** CPU time of all queries. */
  cpuMs: number
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true } },
})
if (positionals.length === 0) {
  console.error('usage: node bench/ablation.ts [--only NAME=WEIGHT,…]… FOLDER…')
  process.exit(2)
}

const settings = values.only === undefined ? ablations() : new Map(values.only.map(text => [text, changed(text)]))
const rows = new Map<string, Row>()
for (const folder of positionals) {
  const collection = await readCollection(folder)
  const { bytes, passages } = await buildIndex(collection)
  for (const [name, index] of values.only === undefined ? Object.entries(BASELINES) : []) run(name, index(passages), collection)
  for (const [name, weights] of settings) {
    const engine = loadSearchEngine(bytes.slice(), weights)?.engine
    if (engine === undefined) throw new Error('The new index cannot be loaded')
    run(name, (query, limit) => engine.search(query, limit).hits.map(hit => hit.documentId), collection)
  }
}
printTable()

/** All parts, all parts except one, and the words with one part. */
function ablations(): Map<string, RankingWeights> {
  const parts = Object.keys(RANKING_WEIGHTS).filter(part => part !== 'words') as (keyof RankingWeights)[]
  return new Map([
    ['all', RANKING_WEIGHTS],
    ...parts.map(part => [`without ${part}`, { ...RANKING_WEIGHTS, [part]: 0 }] as const),
    ['passage instead of document', { ...RANKING_WEIGHTS, words: RANKING_WEIGHTS.words + RANKING_WEIGHTS.document, document: 0 }],
    ['words', WORDS_ONLY],
    ...parts.map(part => [`words + ${part}`, { ...WORDS_ONLY, [part]: RANKING_WEIGHTS[part] }] as const),
  ])
}

/** `segment=.5,page=0` changes the default weights; `words-only` disables all other parts. */
function changed(text: string): RankingWeights {
  if (text === 'words-only') return WORDS_ONLY
  const changes = text.split(',').map(part => part.split('='))
  return { ...RANKING_WEIGHTS, ...Object.fromEntries(changes.map(([name, weight]) => [name, Number(weight)])) }
}

async function buildIndex({ documents }: Collection): Promise<{ bytes: Uint8Array; passages: BenchPassage[] }> {
  const engine = createSearchEngine()
  const all: BenchPassage[] = []
  for (const { id, title, text } of documents) {
    const given = title === '' ? undefined : title
    const document = await readDocument({ id, title: given, text, format: 'text', owner: 'operator' })
    engine.replace(id, document.title, document.passages)
    for (const { headings, text } of document.passages)
      all.push({ documentId: id, title: document.title, text: [...headings, text].join('\n') })
  }
  return { bytes: indexBytes(engine), passages: all }
}

function run(name: string, search: BenchSearch, { queries, judgements }: Collection): void {
  const row = rows.get(name) ?? { ndcg: [], queries: 0, cpuMs: 0 }
  rows.set(name, row)
  for (const { text } of queries.slice(0, WARM_UP_QUERIES)) search(text, RANKED)
  const before = process.cpuUsage()
  const found = queries.map(({ text }) => search(text, RANKED))
  const { user, system } = process.cpuUsage(before)
  row.cpuMs += (user + system) / 1000
  row.queries += queries.length
  row.ndcg.push(mean(queries.map(({ id }, i) => measure([...new Set(found[i])], judgements.get(id) ?? new Map()).ndcg_at_10)))
}

function printTable(): void {
  const names = positionals.map(folder => basename(folder))
  console.log(
    `| setting | ${names.join(' | ')} | mean | CPU ms per query | lowest gain of the full ranking, leaving out one collection |`,
  )
  console.log(`|---|${'---|'.repeat(names.length + 3)}`)
  const whole = rows.get([...settings.keys()][0] ?? '')?.ndcg ?? []
  for (const [name, { ndcg, cpuMs, queries }] of rows) {
    const without = (figures: readonly number[], out: number) => mean(figures.filter((_, i) => i !== out))
    const gains = whole.map((_, out) => without(whole, out) - without(ndcg, out))
    const least = ndcg === whole || whole.length < 2 ? '' : Math.min(...gains).toFixed(4)
    const figures = [...ndcg.map(figure => figure.toFixed(3)), mean(ndcg).toFixed(4), (cpuMs / queries).toFixed(3), least]
    console.log(`| ${name} | ${figures.join(' | ')} |`)
  }
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length
}
