import { decodeIndex, encodeIndex, encodeSlices, type FileSlice } from './index/index-file.ts'
import { PassageIndex } from './index/passage-index.ts'
import { readUnits } from './index/passage-segments.ts'
import { createConditions, NO_PASSAGE } from './query/query-conditions.ts'
import { planQuery } from './query/query-terms.ts'
import { type FoundPassage, findBestPassages } from './ranking/candidate-retrieval.ts'
import { type RankedPassage, Ranker } from './ranking/ranker.ts'
import { LARGE_INDEX_PASSAGES, RANKING_WEIGHTS, type RankingWeights } from './ranking/ranking-weights.ts'
import { LengthNorms } from './ranking/word-score.ts'
import type { IndexedPassage, SearchEngine } from './search-engine.ts'

/** The engine of this house, which can also take in a long document bit by bit, and be saved so. */
export interface PassageSearch extends SearchEngine {
  /**
   * What `replace` does, in steps, so that the caller may pause between them. A document of up to 8 passages, before and after, is replaced in the first
   * step; of a longer one each step takes one passage out or in, and searches meanwhile see it in part. Nothing is done until the first step. The
   * document must not be replaced otherwise before the last.
   */
  replacing(documentId: string, title: string, passages: readonly IndexedPassage[]): Generator<undefined, void>
  /** What `save` gives, in slices, so that the caller may pause between them. All are void where `changes` is another after the last than before the first. */
  saving(revision: number): Iterable<FileSlice>
  /** How often the content has changed so far. */
  readonly changes: number
}

/** Passages that the words choose to be looked at closely. More cost time and bring nothing. */
const CANDIDATES = 150
const LARGE_INDEX_CANDIDATES = 80
/** Passages that go out and in together without anybody's noticing the pause: they take up to 3 ms. */
const PASSAGES_AT_ONCE = 8

/**
 * An empty search engine in memory. The words alone find the candidates, exactly; of those the best are found by all that the ranking knows. However it
 * came to its present content, it scores the same to the last bit. Searching costs about as much as the rarest words of the query are frequent,
 * and 1 to 2 ms.
 */
export function createSearchEngine(weights: RankingWeights = RANKING_WEIGHTS): PassageSearch {
  return engineOver(new PassageIndex(), weights)
}

/**
 * The engine that `save` made bytes of, with the revision given then; undefined where the bytes are torn, foreign or of another version. It takes the
 * bytes over: they are its memory from now on. `outdated` tells that another analysis of texts made it: it can serve, but a new one should be made.
 * Costs a checksum of them and time with the number of distinct terms.
 */
export function loadSearchEngine(
  bytes: Uint8Array,
  weights: RankingWeights = RANKING_WEIGHTS,
): { readonly engine: PassageSearch; readonly revision: number; readonly outdated: boolean } | undefined {
  const decoded = decodeIndex(bytes)
  if (decoded === undefined) return undefined
  const { content, revision, outdated } = decoded
  return { engine: engineOver(new PassageIndex(content), weights), revision, outdated }
}

function engineOver(index: PassageIndex, weights: RankingWeights): PassageSearch {
  const norms = new LengthNorms()
  const ranker = new Ranker(index, weights)
  let changes = 0
  const isWordsOnly = Object.entries(weights).every(([part, weight]) => part === 'words' || part === 'spelling' || weight === 0)

  return {
    search(query, limit, options) {
      const plan = planQuery(query, index, weights.spelling, options)
      const { terms, corrections, sought, syntax } = plan
      const wanted = Math.min(Math.floor(limit), index.passageCount)
      if (sought.length === 0 || !(wanted >= 1)) return { hits: [], terms, corrections, scored: 0 }
      const candidates = index.passageCount > LARGE_INDEX_PASSAGES ? LARGE_INDEX_CANDIDATES : CANDIDATES
      const capacity = Math.min(isWordsOnly ? wanted : Math.max(wanted, candidates), index.passageCount)
      const accept = createConditions(syntax, index)
      if (accept === NO_PASSAGE) return { hits: [], terms, corrections, scored: 0 }
      const { best, scored } = findBestPassages(index, norms.fit(index.meanLength), sought, capacity, accept)
      const ranked = isWordsOnly ? best.map(found => byWords(found, weights.words)) : rank(best)
      const hits = ranked.slice(0, wanted).map(({ passage, score, parts }) => ({
        documentId: index.documents.id(index.owners[passage]),
        ordinal: index.ordinal(passage),
        score,
        parts,
      }))
      return { hits, terms, corrections, scored }

      function rank(found: readonly FoundPassage[]): RankedPassage[] {
        const ranked = ranker.rank(plan, found.slice(0, candidates))
        const least = ranked.at(-1)?.score ?? 0
        // What nobody has looked at closely comes after what somebody has.
        return [
          ...ranked,
          ...found
            .slice(candidates)
            .map(({ passage, score }) => byWords({ passage, score: Math.min(score, least) }, weights.words)),
        ]
      }
    },

    replace(documentId, title, passages) {
      for (const _ of this.replacing(documentId, title, passages));
    },

    *replacing(documentId, title, passages) {
      const known = index.documents.find(documentId)
      const before = known === undefined ? 0 : index.documents.passageCount(known)
      const isShort = Math.max(before, passages.length) <= PASSAGES_AT_ONCE
      changes++
      while (index.removeOne(documentId)) {
        if (!isShort) yield
        changes++
      }
      for (const passage of passages) {
        index.add(documentId, passage.ordinal, readUnits(documentId, title, passage))
        if (!isShort) yield
        changes++
      }
      if (isShort) yield
    },

    get size() {
      return { documents: index.documents.size, passages: index.passageCount, terms: index.vocabulary.size }
    },

    save: revision => encodeIndex(index.content, revision),

    saving: revision => encodeSlices(index.content, revision),

    get changes() {
      return changes
    },
  }
}

function byWords({ passage, score }: FoundPassage, weight: number): RankedPassage {
  const none = { document: 0, title: 0, pairs: 0, grams: 0, unit: 0, page: 0, mentions: 0, neighbours: 0 }
  return { passage, score: weight * score, parts: { words: weight * score, ...none } }
}
