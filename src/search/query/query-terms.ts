import { analyse, type Token } from '../../text/analysis.ts'
import { definitionTerm } from '../../text/definitions.ts'
import type { PassageIndex } from '../index/passage-index.ts'
import type { Correction, QueryTerm, SearchOptions } from '../search-engine.ts'
import { idf, repeated, STOP_WORD_WEIGHT, termFactor } from '../word-score.ts'
import { findCompounds } from './compound-terms.ts'
import { parseSyntax, type QuerySyntax } from './query-syntax.ts'
import { completeWord, createSpellingCorrector } from './spelling-corrector.ts'

/** UTF-16 code units of a query that are read, about 2,500 words. The rest is ignored. */
const MAX_QUERY_LENGTH = 16_384
/**
 * Distinct terms of a query that are looked up. Of a longer query, the terms with the lowest
 * possible gain are dropped.
 */
const MAX_QUERY_TERMS = 64
/** Upper bound that includes terms added by corrections, completions and the context. */
const MAX_LOOKUPS = 120
const MAX_PAIRS = 64
/** Weight of a term that completes the query's last word. */
const COMPLETED_WEIGHT = 0.5

/** Weight of the definition of what the query asks about. */
const DEFINITION_WEIGHT = 1
/** Weight of a term that shares a part with a word of the query that no document contains. */
const COMPOUND_WEIGHT = 0.5
/** Words of a query that are looked up as compounds. */
const MAX_COMPOUND_LOOKUPS = 8

/** A term that is looked up in the index. */
export interface LookupTerm {
  /** The term's number in the index. */
  readonly list: number
  readonly term: string
  /**
   * 1 for a word that occurs once in the query; less for stop words and for words that are not from
   * the query.
   */
  readonly weight: number
  /**
   * Upper bound of the term's contribution to a passage's word score: the weight times
   * `termFactor`.
   */
  readonly factor: number
  readonly idf: number
  readonly stopWord: boolean
  /** Whether the term is from the query itself. */
  readonly own: boolean
}

/** Two adjacent words of the query. */
export interface QueryPair {
  readonly first: number
  readonly second: number
  readonly times: number
}

export interface PlannedQuery {
  /** The query's distinct words, in order of first occurrence. */
  readonly terms: readonly QueryTerm[]
  /** The context's words that are looked up. */
  readonly contextTerms: readonly QueryTerm[]
  readonly corrections: readonly Correction[]
  /** The distinct terms to look up; all of them occur in the index. */
  readonly lookups: readonly LookupTerm[]
  readonly pairs: readonly QueryPair[]
  /** The query's words with their weights, including words that no document contains. */
  readonly words: readonly { readonly term: string; readonly weight: number }[]
  readonly syntax: QuerySyntax | undefined
}

/**
 * Plans a query against an index. A word that occurs twice counts more than one that occurs once; a
 * stop word counts a fifth. The cost is bounded for any text: of long queries the beginning is
 * read, and at most 64 distinct terms are looked up. Each word of the context counts once.
 * @param spelling Weight of a term that replaces a misspelt word; 0 disables corrections.
 */
export function planQuery(
  query: string,
  index: PassageIndex,
  spelling: number,
  { context = [], defined = [], syntax = false }: SearchOptions = {},
): PlannedQuery {
  const read = query.slice(0, MAX_QUERY_LENGTH)
  const parsed = syntax ? parseSyntax(read) : undefined
  const { vocabulary } = index
  const tokens = analyse(parsed?.text ?? read)
  const own = strongest(distinctTerms(tokens, index))
  const lookups = new Map<number, LookupTerm>()
  const corrections: Correction[] = []
  const corrector = createSpellingCorrector(index)
  let compounds = 0
  /** Returns whether the term was added: it is no lookup yet, and there is room for it. */
  const addLookup = (list: number, term: string, weight: number, stopWord: boolean, isOwn: boolean): boolean => {
    if (lookups.has(list) || lookups.size >= MAX_LOOKUPS) return false
    lookups.set(list, createLookup(index, { list, term, weight, stopWord, own: isOwn }))
    return true
  }
  for (const { shown, list, times } of own) {
    if (list !== undefined) addLookup(list, shown.term, shown.weight * repeated(times), shown.weight < 1, true)
  }
  for (const { shown, list, times } of own) {
    if (list !== undefined || spelling === 0) continue
    const correction = corrector.correct(shown.term, shown.word)
    if (correction === undefined) {
      if (compounds++ < MAX_COMPOUND_LOOKUPS)
        for (const part of findCompounds(shown.term, index))
          addLookup(part, vocabulary.term(part), COMPOUND_WEIGHT * repeated(times), false, true)
      continue
    }
    const term = vocabulary.term(correction)
    corrections.push({ word: shown.word, term })
    addLookup(correction, term, spelling * repeated(times), false, true)
  }
  if (parsed?.beginning !== undefined) {
    for (const list of completeWord(parsed.beginning, index))
      addLookup(list, vocabulary.term(list), COMPLETED_WEIGHT, false, false)
  }
  for (const subject of defined) {
    const term = definitionTerm(subject)
    const list = vocabulary.find(term)
    if (list !== undefined) addLookup(list, term, DEFINITION_WEIGHT, false, false)
  }
  const contextTerms: QueryTerm[] = []
  for (const { text, weight } of context) {
    for (const { word, term, stopWord } of analyse(text.slice(0, MAX_QUERY_LENGTH))) {
      const list = stopWord ? undefined : vocabulary.find(term)
      if (list === undefined || !addLookup(list, term, weight, false, false)) continue
      const documentFrequency = index.postings.count(list)
      contextTerms.push({ word, term, documentFrequency, idf: idf(index.passageCount, documentFrequency), weight })
    }
  }
  return {
    terms: own.map(({ shown }) => shown),
    contextTerms,
    corrections,
    lookups: [...lookups.values()],
    pairs: adjacentPairs(tokens, lookups, index),
    words: own.map(({ shown, times }) => ({ term: shown.term, weight: shown.weight * repeated(times) })),
    syntax: parsed,
  }
}

interface OwnTerm {
  shown: QueryTerm
  readonly list: number | undefined
  times: number
}

function distinctTerms(tokens: readonly Token[], index: PassageIndex): OwnTerm[] {
  const distinct = new Map<string, OwnTerm>()
  for (const { word, term, stopWord } of tokens) {
    const known = distinct.get(term)
    if (known !== undefined) {
      known.times++
      // The term is a stop word only if all its forms in the query are: "need" is one, "needed" is
      // not.
      if (!stopWord) known.shown = { ...known.shown, weight: 1 }
    } else {
      const documentFrequency = index.documentFrequency(term)
      const weight = stopWord ? STOP_WORD_WEIGHT : 1
      const shown = { word, term, documentFrequency, idf: idf(index.passageCount, documentFrequency), weight }
      distinct.set(term, { shown, list: index.vocabulary.find(term), times: 1 })
    }
  }
  return [...distinct.values()]
}

function strongest(terms: readonly OwnTerm[]): readonly OwnTerm[] {
  if (terms.length <= MAX_QUERY_TERMS) return terms
  const gain = ({ shown, list, times }: OwnTerm) => (list === undefined ? 0 : shown.weight * shown.idf * times)
  const kept = new Set(terms.toSorted((a, b) => gain(b) - gain(a)).slice(0, MAX_QUERY_TERMS))
  return terms.filter(term => kept.has(term))
}

function createLookup(
  index: PassageIndex,
  { list, term, weight, stopWord, own }: Omit<LookupTerm, 'factor' | 'idf'>,
): LookupTerm {
  const passages = index.passageCount
  const documentFrequency = index.postings.count(list)
  const factor = weight * termFactor(passages, documentFrequency, index.vocabulary.occurrences[list]!)
  return { list, term, weight, factor, idf: idf(passages, documentFrequency), stopWord, own }
}

function adjacentPairs(tokens: readonly Token[], lookups: ReadonlyMap<number, LookupTerm>, index: PassageIndex): QueryPair[] {
  const pairs = new Map<string, { first: number; second: number; times: number }>()
  let first: number | undefined
  for (const { term } of tokens) {
    const second = index.vocabulary.find(term)
    if (first !== undefined && second !== undefined && lookups.has(first) && lookups.has(second)) {
      const key = `${first} ${second}`
      const known = pairs.get(key)
      if (known !== undefined) known.times++
      else if (pairs.size < MAX_PAIRS) pairs.set(key, { first, second, times: 1 })
    }
    first = second
  }
  return [...pairs.values()]
}
