import { analyse } from './analysis.ts'
import { findBestPassages } from './best-passages.ts'
import { FIELD_WEIGHTS } from './bm25.ts'
import { decodeIndex, encodeIndex } from './index-file.ts'
import { PassageIndex } from './passage-index.ts'
import { planQuery } from './query-terms.ts'
import type { IndexedPassage, SearchEngine } from './search-engine.ts'

/** The engine of this house, which can also take in a long document bit by bit. */
export interface PassageSearch extends SearchEngine {
  /**
   * What `replace` does, one passage out or in a step, so that the caller may pause between them; searches meanwhile see the document in part.
   * Nothing is done until the first step. The document must not be replaced otherwise before the last.
   */
  replacing(documentId: string, title: string, passages: readonly IndexedPassage[]): Generator<undefined, void>
}

/**
 * An empty search engine in memory: BM25 over stems, title, headings and text weighted, exact to the last bit however it came to its present content.
 * Searching costs about as much as the rarest words of the query are frequent.
 */
export function createSearchEngine(): PassageSearch {
  return engineOver(new PassageIndex())
}

/**
 * The engine that `save` made bytes of, with the revision given then; undefined where the bytes are torn, foreign or of another version. It takes the
 * bytes over: they are its memory from now on. Costs a checksum of them and time with the number of distinct terms.
 */
export function loadSearchEngine(bytes: Uint8Array): { readonly engine: PassageSearch; readonly revision: number } | undefined {
  const decoded = decodeIndex(bytes)
  return decoded && { engine: engineOver(new PassageIndex(decoded.content)), revision: decoded.revision }
}

function engineOver(index: PassageIndex): PassageSearch {
  return {
    search(query, limit) {
      const { terms, weighted } = planQuery(query, index)
      const capacity = Math.min(Math.floor(limit), index.passageCount)
      if (weighted.length === 0 || !(capacity >= 1)) return { hits: [], terms, scored: 0 }
      const { best, scored } = findBestPassages(index, weighted, capacity)
      return { hits: best.map(({ passage, score }) => ({ ...index.locate(passage), score })), terms, scored }
    },

    replace(documentId, title, passages) {
      for (const _ of this.replacing(documentId, title, passages));
    },

    *replacing(documentId, title, passages) {
      while (index.removeOne(documentId)) yield
      for (const passage of passages) {
        const { frequencies, length } = weigh(title, passage)
        index.add(documentId, passage.ordinal, frequencies, length)
        yield
      }
    },

    get size() {
      return { documents: index.documentCount, passages: index.passageCount, terms: index.termCount }
    },

    save: revision => encodeIndex(index.content, revision),
  }
}

/** A passage's one bag of words, from its fields. */
function weigh(title: string, { headings, text }: IndexedPassage): { frequencies: Map<string, number>; length: number } {
  const frequencies = new Map<string, number>()
  let length = 0
  const count = (field: string, weight: number) => {
    for (const { term } of analyse(field)) {
      frequencies.set(term, (frequencies.get(term) ?? 0) + weight)
      length += weight
    }
  }
  count(title, FIELD_WEIGHTS.title)
  for (const heading of headings) count(heading, FIELD_WEIGHTS.headings)
  count(text, FIELD_WEIGHTS.text)
  return { frequencies, length }
}
