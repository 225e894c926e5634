import { HitReader } from './hit-reader.ts'
import { decodeSlices, encodeSlices, type FileSlice } from './index/index-file.ts'
import { IndexMemory } from './index/index-memory.ts'
import { PassageIndex } from './index/passage-index.ts'
import { readPassage } from './index/passage-segments.ts'
import { createPassageFilter, REJECT_ALL } from './query/query-conditions.ts'
import { QueryMarks } from './query/query-marks.ts'
import { planQuery } from './query/query-terms.ts'
import { CandidateRetrieval } from './ranking/candidate-retrieval.ts'
import { PassageTexts } from './ranking/passage-texts.ts'
import { type RankedPassage, Ranker } from './ranking/ranker.ts'
import { RANKING_WEIGHTS, type RankingWeights } from './ranking/ranking-weights.ts'
import type { IndexedPassage, SearchEngine } from './search-engine.ts'

/** The search engine of this project. Unlike `SearchEngine`, it can index and save in steps. */
export interface PassageSearch extends SearchEngine {
  /**
   * The same as `replace`, in steps between which the caller may pause. A document of up to 8
   * passages, before and after, is replaced in the first step. For a longer one, each step removes
   * or adds one passage, and searches in between see part of the document. Do not replace the
   * document in another way before the last step.
   */
  replaceInSteps(documentId: string, title: string, passages: readonly IndexedPassage[]): Generator<undefined, void>
  /**
   * The index as a file for `loadSearchEngine`, in slices between which the caller may pause. All
   * slices are invalid if `changes` differs between the first and the last one.
   * @param revision Stored in the file, and returned when it is loaded.
   */
  encodeInSlices(revision: number): Iterable<FileSlice>
  /** How often the content has changed so far. */
  readonly changes: number
  /** The memory of the index, which other threads can read between changes. */
  readonly memory: IndexMemory
}

/** Passages that are ranked in full. More of them bring nothing: docs/internals/search.md. */
const CANDIDATES = 48
/** A document of up to this many passages is replaced in one step, which takes up to 3 ms. */
const PASSAGES_AT_ONCE = 8

const NO_PARTS = { words: 0, document: 0, title: 0, pairs: 0, grams: 0, segment: 0, page: 0, mentions: 0 }

/**
 * Creates an empty in-memory search engine. The first stage retrieves the best candidates by their
 * words alone, exactly; the second stage ranks these by all signals. Scores depend only on the
 * content, not on the order of changes that led to it. A search takes 0.2–0.6 ms, plus time for the
 * document frequencies of the query's rarest words.
 */
export function createSearchEngine(weights: RankingWeights = RANKING_WEIGHTS): PassageSearch {
  return openSearchEngine(new IndexMemory(), weights)
}

/** An engine from a file. */
export interface LoadedEngine {
  readonly engine: PassageSearch
  /** The revision that was stored with it. */
  readonly revision: number
  /**
   * Whether another version of the text analysis built the index: it can answer searches, but
   * should be rebuilt.
   */
  readonly outdated: boolean
}

/**
 * Loads an engine from the bytes of `encodeInSlices`. Returns undefined if the bytes are truncated,
 * damaged or of another format version. Takes the time of a copy and a checksum.
 */
export function loadSearchEngine(bytes: Uint8Array, weights: RankingWeights = RANKING_WEIGHTS): LoadedEngine | undefined {
  const steps = loadInSlices(bytes.length, weights)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    const { offset, bytes: slice } = step.value
    slice.set(bytes.subarray(offset, offset + slice.length))
  }
}

/** The same, for a caller that fills each slice with the bytes of the file at its offset. */
export function* loadInSlices(
  fileBytes: number,
  weights: RankingWeights = RANKING_WEIGHTS,
): Generator<FileSlice, LoadedEngine | undefined, void> {
  const decoded = yield* decodeSlices(fileBytes)
  if (decoded === undefined) return undefined
  const { memory, revision, outdated } = decoded
  return { engine: openSearchEngine(memory, weights), revision, outdated }
}

/** Opens the index that is in this memory. Takes time for each of its arrays only. */
export function openSearchEngine(memory: IndexMemory, weights: RankingWeights = RANKING_WEIGHTS): PassageSearch {
  const index = new PassageIndex(memory)
  const retrieval = new CandidateRetrieval(index)
  const marks = new QueryMarks()
  const texts = new PassageTexts(index.sequences)
  const ranker = new Ranker(index, weights, marks, texts)
  const hitReader = new HitReader(index, marks, texts)
  let changes = 0
  const isWordsOnly = Object.entries(weights).every(([part, weight]) => part === 'words' || part === 'spelling' || weight === 0)

  return {
    search(query, limit, options) {
      const plan = planQuery(query, index, weights.spelling, options)
      const { terms, contextTerms, corrections, lookups, syntax } = plan
      const matchedTerms = lookups.map(({ term }) => term)
      const nothing = { hits: [], terms, contextTerms, corrections, matchedTerms, scored: 0 }
      const wanted = Math.min(Math.floor(limit), index.passageCount)
      if (lookups.length === 0 || !(wanted >= 1)) return nothing
      const capacity = Math.min(isWordsOnly ? wanted : Math.max(wanted, CANDIDATES), index.passageCount)
      const accept = createPassageFilter(syntax, index)
      if (accept === REJECT_ALL) return nothing
      const { best, scored } = retrieval.find(lookups, capacity, accept)
      marks.begin(lookups, index.vocabulary.slots)
      texts.begin()
      const hits = (isWordsOnly ? byWords(0) : rank()).map(hitReader.read)
      return { hits, terms, contextTerms, corrections, matchedTerms, scored }

      function rank(): RankedPassage[] {
        const ranked = ranker.rank(plan, best, Math.min(best.count, CANDIDATES), wanted)
        // Passages that were not ranked in full come after those that were.
        return wanted > CANDIDATES ? [...ranked, ...byWords(CANDIDATES, ranked.at(-1)?.score)] : ranked
      }

      function byWords(from: number, most = Number.POSITIVE_INFINITY): RankedPassage[] {
        return Array.from(best.passages.subarray(from, best.count), (passage, i) => {
          const score = weights.words * Math.min(best.scores[from + i]!, most)
          return { passage, score, parts: { ...NO_PARTS, words: score } }
        })
      }
    },

    replace(documentId, title, passages) {
      for (const _ of this.replaceInSteps(documentId, title, passages));
    },

    *replaceInSteps(documentId, title, passages) {
      const known = index.documents.find(documentId)
      const before = known === undefined ? 0 : index.documents.passageCount(known)
      const isShort = Math.max(before, passages.length) <= PASSAGES_AT_ONCE
      changes++
      while (index.removeOne(documentId)) {
        if (!isShort) yield
        changes++
      }
      for (const passage of passages) {
        index.add(documentId, passage.ordinal, readPassage(documentId, title, passage))
        if (!isShort) yield
        changes++
      }
      if (isShort) yield
    },

    get size() {
      return { documents: index.documents.size, passages: index.passageCount, terms: index.vocabulary.size }
    },

    encodeInSlices: revision => encodeSlices(memory, revision),

    get changes() {
      return changes
    },

    memory,
  }
}
