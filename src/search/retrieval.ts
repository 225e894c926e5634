import type { DocumentStore, PassageRef, StoredPassage } from '../knowledge/document.ts'
import { analyse } from '../text/analysis.ts'
import { checksumOf } from '../text/checksum.ts'
import { analysePassage, type PassageAnalysis, type TermMatches } from '../text/passages/passage-analysis.ts'
import { listSegments } from '../text/passages/segment-table.ts'
import type { IndexManager } from './index-manager.ts'
import type { Correction, QueryTerm, SearchEngine, SearchOptions, SearchOutcome } from './search-engine.ts'

/** A hit with its text. Plain data. */
export interface RetrievedPassage extends StoredPassage {
  readonly score: number
  readonly analysis: PassageAnalysis
  /** Where the query's terms are, by their index in `matchedTerms`. */
  readonly matches: TermMatches
  /** The texts of the passages before and after it, if they are in the same section. */
  readonly before?: string | undefined
  readonly after?: string | undefined
}

export interface Retrieved {
  readonly passages: readonly RetrievedPassage[]
  readonly terms: readonly QueryTerm[]
  /** The words of the context that are not in the query. */
  readonly contextTerms: readonly QueryTerm[]
  /**
   * Words of the query that no passage contains, each with the word that replaces it, as the
   * passages write it.
   */
  readonly corrections: readonly WordCorrection[]
  /** The distinct terms that were looked up. */
  readonly matchedTerms: readonly string[]
  readonly scored: number
}

export interface WordCorrection {
  readonly word: string
  readonly suggestion: string
}

/** The part of the document store that retrieval needs. */
export type PassageReader = Pick<DocumentStore, 'passages'>

/** What is found, for readers: without its analysis. Plain data. */
export interface FoundPassages extends Pick<Retrieved, 'terms' | 'corrections' | 'scored'> {
  readonly passages: readonly (StoredPassage & { readonly score: number })[]
}

export type FindPassages = (query: string, limit: number, options?: SearchOptions) => Promise<FoundPassages>

export type Retrieve = (query: string, limit: number, options?: SearchOptions) => Promise<Retrieved>

/** A search engine whose index follows the store. */
export interface FollowingEngine extends Pick<SearchEngine, 'search'> {
  /** The revision of the store that the last search saw. */
  readonly revision: number
}

/** A search engine whose index another thread changes. */
export interface ChangingEngine extends FollowingEngine {
  /**
   * Waits for a short time until the index has these documents as they are stored. Resolves to
   * false if it has not, or had them at an earlier revision: a search would find nothing else.
   */
  follow(documentIds: readonly string[], earlier: number): Promise<boolean>
}

/** Searches for one query, if texts of its hits change before they are read. */
const MAX_SEARCHES = 3

/**
 * Creates a function that searches and reads the hits' texts from the store. A text in memory is
 * returned if it is the one that the index has; others are read anew. Changes over REST are in the
 * index before their request is answered. It looks for those of other processes every 250 ms: until
 * it has them, the old text may be quoted.
 * If another thread changes the index, and texts have changed since it was indexed, it searches
 * again, as soon as the index has these documents. Passages removed in between are skipped.
 */
export function createRetrieval(
  engine: ChangingEngine | FollowingEngine | Pick<SearchEngine, 'search'>,
  reader: PassageReader,
): Retrieve {
  const changing = 'follow' in engine ? engine : undefined
  return async (query, limit, options) => {
    for (let searches = 1; ; searches++) {
      const outcome = engine.search(query, limit, options)
      const seen = 'revision' in engine ? engine.revision : undefined
      const refs = outcome.hits.flatMap(withNeighbours)
      let stored = await reader.passages(refs, seen)
      let isIndexed = compareTexts(outcome.hits, stored)
      if (seen !== undefined && isIndexed.includes(false)) {
        stored = await reader.passages(refs)
        isIndexed = compareTexts(outcome.hits, stored)
      }
      const changed = outcome.hits.flatMap(({ documentId }, i) => (isIndexed[i] ? [] : documentId))
      const isLast = changed.length === 0 || searches === MAX_SEARCHES
      if (isLast || !(await changing?.follow(changed, seen ?? 0))) return withTexts(outcome, stored, isIndexed, options?.defined)
    }
  }
}

/**
 * Whether the text of each hit is the one that the index has.
 * @param stored For each hit its passage and those before and after it.
 */
function compareTexts(hits: SearchOutcome['hits'], stored: readonly (StoredPassage | undefined)[]): readonly boolean[] {
  return hits.map(({ checksum }, i) => {
    const passage = stored[3 * i + 1]
    return passage !== undefined && (passage.checksum ?? checksumOf(passage.text)) === checksum
  })
}

/** @param stored For each hit its passage and those before and after it. */
function withTexts(
  { hits, terms, contextTerms, corrections, matchedTerms, scored }: SearchOutcome,
  stored: readonly (StoredPassage | undefined)[],
  isIndexed: readonly boolean[],
  defined: SearchOptions['defined'],
): Retrieved {
  const passages = hits.flatMap(({ score, analysis, matches }, i) => {
    const [previous, passage, next] = [stored[3 * i], stored[3 * i + 1], stored[3 * i + 2]]
    if (passage === undefined) return []
    // A document that has just changed is analysed here, until the index has followed.
    const read = isIndexed[i] ? { analysis, matches } : analysePassage(passage, matchedTerms, defined)
    return { ...passage, before: textInSection(previous, passage), after: textInSection(next, passage), score, ...read }
  })
  return { passages, terms, contextTerms, corrections: spellOut(corrections, passages, matchedTerms), matchedTerms, scored }
}

/**
 * Delays searches until the index has all documents, or an earlier index answers during a rebuild:
 * an answer from a part of the documents would be confident and wrong.
 */
export function waitForIndex<Args extends readonly unknown[], Found>(
  index: Pick<IndexManager, 'untilReady'>,
  search: (...args: Args) => Promise<Found>,
): (...args: Args) => Promise<Found> {
  return async (...args) => {
    await index.untilReady()
    return search(...args)
  }
}

function withNeighbours({ documentId, ordinal }: PassageRef): readonly PassageRef[] {
  return [
    { documentId, ordinal: ordinal - 1 },
    { documentId, ordinal },
    { documentId, ordinal: ordinal + 1 },
  ]
}

function textInSection(neighbour: StoredPassage | undefined, { headings }: StoredPassage): string | undefined {
  return neighbour !== undefined && neighbour.headings.join('\n') === headings.join('\n') ? neighbour.text : undefined
}

/**
 * Replaces the stems of corrections by words as the passages write them. Drops corrections that no
 * passage contains.
 */
function spellOut(
  corrections: readonly Correction[],
  passages: readonly RetrievedPassage[],
  matchedTerms: readonly string[],
): WordCorrection[] {
  return corrections.flatMap(({ word, term }) => {
    const index = matchedTerms.indexOf(term)
    const forms = passages.flatMap(passage => {
      const first = passage.matches.terms.indexOf(index)
      return first < 0 ? [] : (findWord(passage, term, passage.matches.places[first]!) ?? [])
    })
    // Of "containing" and "container", the latter is meant by "conatiner".
    const [suggestion] = forms.sort((a, b) => Math.abs(a.length - word.length) - Math.abs(b.length - word.length))
    return suggestion === undefined ? [] : [{ word, suggestion }]
  })
}

/** Returns the word at a place as it is written. Analyses only the labels, or its segment. */
function findWord({ title, headings, text, analysis }: RetrievedPassage, term: string, place: number): string | undefined {
  const textStart = analysis.labelEnds.at(-1) ?? 0
  let written = [title, ...headings].join('\n')
  if (place >= textStart) {
    const segments = listSegments(analysis.segments)
    const next = segments.findIndex(({ endWord }) => place - textStart < endWord)
    written = text.slice(next < 1 ? 0 : segments[next - 1]!.end, segments[next]?.end)
  }
  return analyse(written).find(token => token.term === term)?.word
}
