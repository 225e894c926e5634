import type { PassageIndex } from '../index/passage-index.ts'
import { idf, repeated, STOP_WORD_WEIGHT, termFactor } from '../ranking/word-score.ts'
import type { Correction, QueryTerm, SearchOptions } from '../search-engine.ts'
import { analyse, type Token } from '../text/analysis.ts'
import { findCompounds } from './compound-terms.ts'
import { parseSyntax, type QuerySyntax } from './query-syntax.ts'
import { completeWord, createCorrector } from './spelling-corrector.ts'

/** What is read of a query, in UTF-16 units: some 2,500 words. The rest is left out. */
const MAX_QUERY_LENGTH = 16_384
/** Distinct terms that are looked up. Of more, those are left out that would add least to a score. */
const MAX_QUERY_TERMS = 64
/** Those and the ones that corrections, completions and the context add. */
const MAX_SOUGHT_TERMS = 120
const MAX_PAIRS = 64
/** What a word counts that begins as the query's last word. */
const COMPLETED_WEIGHT = 0.5

/** What a word counts that shares a part with one of the query's that stands nowhere. */
const COMPOUND_WEIGHT = 0.5
/** Words of a query whose parts are looked for. */
const MAX_COMPOUND_LOOKUPS = 8

/** A term that is looked up. */
export interface SoughtTerm {
  /** Its number in the index. */
  readonly list: number
  /** What it counts: 1 for a word that stands once, less for stop words and words that come from elsewhere. */
  readonly weight: number
  /** The most it can bring to a passage's words: its weight times `termFactor`. */
  readonly factor: number
  readonly idf: number
  readonly stopWord: boolean
  /** Whether the query has it itself. */
  readonly own: boolean
}

/** Two words that follow each other in the query. */
export interface SoughtPair {
  readonly first: number
  readonly second: number
  readonly times: number
}

export interface PlannedQuery {
  /** The query's words, each once, in the order in which they first stand in it. */
  readonly terms: readonly QueryTerm[]
  readonly corrections: readonly Correction[]
  /** What stands in the index, each term once. */
  readonly sought: readonly SoughtTerm[]
  readonly pairs: readonly SoughtPair[]
  /** The query's words with what each counts, also those that stand nowhere. */
  readonly words: readonly { readonly term: string; readonly weight: number }[]
  readonly syntax: QuerySyntax | undefined
}

/**
 * Reads a query against an index. A word that stands twice counts more than once, a stop word a fifth. Whatever the text, the cost is
 * bounded: of long ones the beginning is read, and of that at most 64 distinct terms are looked up. Of the context each word counts once.
 * @param spelling What a word counts that stands in for a misspelt one, 0 to leave it out.
 */
export function planQuery(
  query: string,
  index: PassageIndex,
  spelling: number,
  { context = [], syntax = false }: SearchOptions = {},
): PlannedQuery {
  const read = query.slice(0, MAX_QUERY_LENGTH)
  const parsed = syntax ? parseSyntax(read) : undefined
  const tokens = analyse(parsed?.text ?? read)
  const own = strongest(distinctTerms(tokens, index))
  const sought = new Map<number, SoughtTerm>()
  const corrections: Correction[] = []
  const corrector = createCorrector(index)
  let compounds = 0
  const seek = (list: number, weight: number, stopWord: boolean, isOwn: boolean) => {
    if (!sought.has(list) && sought.size < MAX_SOUGHT_TERMS) sought.set(list, soughtTerm(index, list, weight, stopWord, isOwn))
  }
  for (const { shown, list, times } of own) {
    if (list !== undefined) seek(list, shown.weight * repeated(times), shown.weight < 1, true)
  }
  for (const { shown, list, times } of own) {
    if (list !== undefined || spelling === 0) continue
    const near = corrector.correct(shown.term)
    if (near === undefined) {
      if (compounds++ < MAX_COMPOUND_LOOKUPS)
        for (const part of findCompounds(shown.term, index)) seek(part, COMPOUND_WEIGHT * repeated(times), false, true)
      continue
    }
    corrections.push({ word: shown.word, term: index.vocabulary.term(near) })
    seek(near, spelling * repeated(times), false, true)
  }
  if (parsed?.beginning !== undefined) {
    for (const list of completeWord(parsed.beginning, index)) seek(list, COMPLETED_WEIGHT, false, false)
  }
  for (const { text, weight } of context) {
    for (const { term, stopWord } of analyse(text.slice(0, MAX_QUERY_LENGTH))) {
      const list = index.vocabulary.find(term)
      if (!stopWord && list !== undefined) seek(list, weight, false, false)
    }
  }
  return {
    terms: own.map(({ shown }) => shown),
    corrections,
    sought: [...sought.values()],
    pairs: neighbouringPairs(tokens, sought, index),
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
      // A stop word only if every form of it in the query is one: "need", but not "needed".
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

function soughtTerm(index: PassageIndex, list: number, weight: number, stopWord: boolean, own: boolean): SoughtTerm {
  const passages = index.passageCount
  const documentFrequency = index.postings.count(list)
  const factor = weight * termFactor(passages, documentFrequency, index.vocabulary.occurrences[list])
  return { list, weight, factor, idf: idf(passages, documentFrequency), stopWord, own }
}

function neighbouringPairs(tokens: readonly Token[], sought: ReadonlyMap<number, SoughtTerm>, index: PassageIndex): SoughtPair[] {
  const pairs = new Map<string, { first: number; second: number; times: number }>()
  let first: number | undefined
  for (const { term } of tokens) {
    const second = index.vocabulary.find(term)
    if (first !== undefined && second !== undefined && sought.has(first) && sought.has(second)) {
      const key = `${first} ${second}`
      const known = pairs.get(key)
      if (known !== undefined) known.times++
      else if (pairs.size < MAX_PAIRS) pairs.set(key, { first, second, times: 1 })
    }
    first = second
  }
  return [...pairs.values()]
}
