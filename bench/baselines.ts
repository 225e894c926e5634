import { DatabaseSync } from 'node:sqlite'
import MiniSearch from 'minisearch'
import { stem } from '../src/text/porter2.ts'

/** A passage as all engines get it: the document's title, and headings and text joined. */
export interface BenchPassage {
  readonly documentId: string
  readonly title: string
  readonly text: string
}

/** Returns the document ids of the best passages, best first. Ids may repeat. */
export type BenchSearch = (query: string, limit: number) => readonly string[]

/**
 * Search engines to compare with, with their default settings: textbook BM25 and widely used
 * engines.
 */
export const BASELINES: Readonly<Record<string, (passages: readonly BenchPassage[]) => BenchSearch>> = {
  'BM25, Porter 2': indexPlainBm25,
  'SQLite FTS5': passages => indexFts(passages, 'unicode61'),
  'SQLite FTS5, Porter': passages => indexFts(passages, 'porter unicode61'),
  MiniSearch: indexMiniSearch,
}

const K1 = 1.2
const B = 0.75

/**
 * Robertson's formula with the idf that is never negative. No stop words, no fields, no pruning.
 */
function indexPlainBm25(passages: readonly BenchPassage[]): BenchSearch {
  const postings = new Map<string, { readonly passage: number; frequency: number }[]>()
  const lengths = passages.map(({ title, text }, passage) => {
    const terms = stemsOf(`${title} ${text}`)
    for (const term of terms) {
      const list = postings.get(term) ?? []
      if (list.length === 0) postings.set(term, list)
      const last = list.at(-1)
      if (last?.passage === passage) last.frequency++
      else list.push({ passage, frequency: 1 })
    }
    return terms.length
  })
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.length

  return (query, limit) => {
    const scores = new Map<number, number>()
    for (const term of stemsOf(query)) {
      const list = postings.get(term) ?? []
      const idf = Math.log(1 + (passages.length - list.length + 0.5) / (list.length + 0.5))
      for (const { passage, frequency } of list) {
        const norm = K1 * (1 - B + (B * lengths[passage]!) / meanLength)
        scores.set(passage, (scores.get(passage) ?? 0) + (idf * frequency * (K1 + 1)) / (frequency + norm))
      }
    }
    const best = [...scores].sort(([, a], [, b]) => b - a).slice(0, limit)
    return best.map(([passage]) => passages[passage]!.documentId)
  }
}

function stemsOf(text: string): readonly string[] {
  return wordsOf(text.toLowerCase()).map(stem)
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
}

function indexFts(passages: readonly BenchPassage[], tokenizer: string): BenchSearch {
  const database = new DatabaseSync(':memory:')
  database.exec(`CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, title, text, tokenize = '${tokenizer}'); BEGIN`)
  const insert = database.prepare('INSERT INTO passages VALUES (?, ?, ?)')
  for (const { documentId, title, text } of passages) insert.run(documentId, title, text)
  database.exec('COMMIT')
  const select = database.prepare('SELECT id FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?')
  return (query, limit) => {
    const any = wordsOf(query)
      .map(word => `"${word}"`)
      .join(' OR ')
    return any === '' ? [] : select.all(any, limit).map(row => String(row.id))
  }
}

function indexMiniSearch(passages: readonly BenchPassage[]): BenchSearch {
  const mini = new MiniSearch<BenchPassage & { readonly id: number }>({ fields: ['title', 'text'] })
  mini.addAll(passages.map((passage, id) => ({ id, ...passage })))
  return (query, limit) =>
    mini
      .search(query)
      .slice(0, limit)
      .map(({ id }) => passages[id]!.documentId)
}
