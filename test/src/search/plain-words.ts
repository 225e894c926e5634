import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { IndexedPassage, SearchEngine } from '../../../src/search/search-engine.ts'
import { analyse } from '../../../src/text/analysis.ts'

export interface Page {
  readonly id: string
  readonly title: string
  readonly passages: readonly IndexedPassage[]
}

interface Bag {
  readonly documentId: string
  readonly ordinal: number
  readonly frequencies: Map<string, number>
  readonly length: number
}

const FIXTURES = join(import.meta.dirname, '../../fixtures')

/** The tldr pages, each split into two passages, the second one below a heading. */
export function tldrPages(): Page[] {
  const names = readdirSync(join(FIXTURES, 'tldr')).filter(name => name !== 'LICENSE.md')
  return names.sort().map(name => {
    const [heading, ...lines] = readFileSync(join(FIXTURES, 'tldr', name), 'utf8').split('\n')
    const half = Math.ceil(lines.length / 2)
    return {
      id: name,
      title: heading!.replace(/^#\s*/, ''),
      passages: [
        { ordinal: 0, headings: [], text: lines.slice(0, half).join('\n') },
        { ordinal: 1, headings: ['More examples'], text: lines.slice(half).join('\n') },
      ],
    }
  })
}

/**
 * A reference implementation of In_expB2 that follows the formula over all passages for each query.
 */
export class PlainWords {
  #bags: Bag[] = []

  replace({ id, title, passages }: Page): void {
    this.#bags = this.#bags.filter(bag => bag.documentId !== id)
    for (const { ordinal, headings, text } of passages) {
      const words = [title, ...headings, ...headings, text].flatMap(field => analyse(field).map(token => token.term))
      const frequencies = new Map<string, number>()
      for (const word of words) frequencies.set(word, (frequencies.get(word) ?? 0) + 1)
      this.#bags.push({ documentId: id, ordinal, frequencies, length: words.length })
    }
  }

  search(query: string) {
    const n = this.#bags.length
    const meanLength = this.#bags.reduce((sum, bag) => sum + bag.length, 0) / n
    const tokens = analyse(query)
    const lookups = [...new Set(tokens.map(token => token.term))].flatMap(term => {
      const count = tokens.filter(token => token.term === term).length
      const isStopWord = tokens.every(token => token.term !== term || token.stopWord)
      const df = this.#bags.filter(bag => bag.frequencies.has(term)).length
      if (df === 0) return []
      const occurrences = this.#bags.reduce((sum, bag) => sum + (bag.frequencies.get(term) ?? 0), 0)
      const expected = n * (1 - ((n - 1) / n) ** occurrences)
      const weight = (isStopWord ? 0.2 : 1) * ((4 * count) / (count + 3))
      return [{ term, factor: weight * ((occurrences + 1) / df) * Math.log2((n + 1) / (expected + 0.5)) }]
    })
    const scored = this.#bags.map(({ documentId, ordinal, frequencies, length }) => {
      let score = 0
      for (const { term, factor } of lookups) {
        const f = (frequencies.get(term) ?? 0) * Math.log2(1 + meanLength / length)
        score += (factor * f) / (f + 1)
      }
      return { documentId, ordinal, score }
    })
    return scored.filter(hit => hit.score > 0).sort((a, b) => b.score - a.score)
  }
}

/**
 * Compares ranks and scores. Hits whose scores differ only by rounding may be in any order. Returns
 * the first difference, or undefined.
 */
export function difference(plain: PlainWords, engine: SearchEngine, query: string, limit: number): string | undefined {
  const all = plain.search(query)
  const scores = new Map(all.map(hit => [`${hit.documentId}#${hit.ordinal}`, hit.score]))
  const expected = all.slice(0, limit)
  const { hits } = engine.search(query, limit)
  if (hits.length !== expected.length) return `${query}: ${hits.length} hits instead of ${expected.length}`
  for (const [i, { documentId, ordinal, score }] of hits.entries()) {
    const wanted = expected[i]!
    const actual = scores.get(`${documentId}#${ordinal}`) ?? 0
    if (!isClose(score, actual)) return `${query}: ${documentId}#${ordinal} scores ${score} instead of ${actual}`
    if (!isClose(actual, wanted.score))
      return `${query}: rank ${i} is ${documentId}#${ordinal} instead of ${wanted.documentId}#${wanted.ordinal}`
  }
}

export function sameAsPlain(t: Test, plain: PlainWords, engine: SearchEngine, queries: readonly string[], limit: number): void {
  const wrong = queries.map(query => difference(plain, engine, query, limit)).filter(found => found !== undefined)
  t.same(wrong, [], `${queries.length} queries, best ${limit}`)
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(a, b)
}
