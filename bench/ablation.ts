import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { type Collection, readCollection } from '../src/evaluation/collection.ts'
import { measure } from '../src/evaluation/measures.ts'
import { readDocument } from '../src/knowledge/document-reader.ts'
import { createSearchEngine, loadSearchEngine } from '../src/search/passage-search.ts'
import { RANKING_WEIGHTS, type RankingWeights, WORDS_ONLY } from '../src/search/ranking-weights.ts'
import type { SearchEngine } from '../src/search/search-engine.ts'

/*
 * node bench/ablation.ts [--only NAME=WEIGHT,…]… FOLDER…     what each part of the ranking brings, as mean nDCG@10 by collection
 *
 * The last columns leave one collection out after the other: a part that helps in the mean only because of one collection shows there.
 */

const RANKED = 100

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true }, time: { type: 'boolean', default: false } },
})
if (positionals.length === 0) {
  console.error('usage: node bench/ablation.ts [--only NAME=WEIGHT,…]… FOLDER…')
  process.exit(2)
}

const settings = values.only === undefined ? ablations() : new Map(values.only.map(text => [text, changed(text)]))
const figures = new Map<string, number[]>([...settings.keys()].map(name => [name, []]))
for (const folder of positionals) {
  const collection = await readCollection(folder)
  const bytes = await buildIndex(collection)
  for (const [name, weights] of settings) {
    const engine = loadSearchEngine(bytes.slice(), weights)?.engine
    if (engine !== undefined) figures.get(name)?.push(meanNdcg(engine, collection))
  }
}
printTable()

/** Everything, everything but one part, and the words with one part. */
function ablations(): Map<string, RankingWeights> {
  const parts = Object.keys(RANKING_WEIGHTS).filter(part => part !== 'words') as (keyof RankingWeights)[]
  return new Map([
    ['all', RANKING_WEIGHTS],
    ...parts.map(part => [`without ${part}`, { ...RANKING_WEIGHTS, [part]: 0 }] as const),
    [
      'the passage for the document',
      { ...RANKING_WEIGHTS, words: RANKING_WEIGHTS.words + RANKING_WEIGHTS.document, document: 0 },
    ],
    ['words', WORDS_ONLY],
    ...parts.map(part => [`words + ${part}`, { ...WORDS_ONLY, [part]: RANKING_WEIGHTS[part] }] as const),
  ])
}

/** `unit=.5,page=0` changes the setting in force; `words-only` is none of it. */
function changed(text: string): RankingWeights {
  if (text === 'words-only') return WORDS_ONLY
  const changes = text.split(',').map(part => part.split('='))
  return { ...RANKING_WEIGHTS, ...Object.fromEntries(changes.map(([name, weight]) => [name, Number(weight)])) }
}

async function buildIndex({ documents }: Collection): Promise<Uint8Array> {
  const engine = createSearchEngine()
  for (const { id, title, text } of documents) {
    const document = await readDocument({ id, title: title === '' ? undefined : title, text, format: 'text', owner: 'operator' })
    engine.replace(id, document.title, document.passages)
  }
  return engine.save(0)
}

function meanNdcg(engine: SearchEngine, { queries, judgements }: Collection): number {
  let sum = 0
  for (const { id, text } of queries) {
    const ranking = [...new Set(engine.search(text, RANKED).hits.map(hit => hit.documentId))]
    sum += measure(ranking, judgements.get(id) ?? new Map()).ndcg_at_10
  }
  return sum / queries.length
}

function printTable(): void {
  const names = positionals.map(folder => basename(folder))
  console.log(`| setting | ${names.join(' | ')} | mean | least gain in the mean with one left out |`)
  console.log(`|---|${'---|'.repeat(names.length + 2)}`)
  const all = [...figures.values()][0] ?? []
  for (const [name, row] of figures) {
    const gains = all.map((_, out) => mean(all.filter((_, i) => i !== out)) - mean(row.filter((_, i) => i !== out)))
    const least = name === 'all' ? '' : Math.min(...gains).toFixed(4)
    console.log(`| ${name} | ${row.map(figure => figure.toFixed(3)).join(' | ')} | ${mean(row).toFixed(4)} | ${least} |`)
  }
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length
}
