import type { PassageIndex } from '../index/passage-index.ts'
import { FIRST_TERM } from '../index/sequence-store.ts'
import { lowerBound } from '../index/typed-arrays.ts'
import type { QuerySyntax } from './query-syntax.ts'

/** Returns whether a passage may be a hit. */
export type PassageFilter = (passage: number) => boolean

/**
 * Passages that are read to check phrases for one query; passages beyond that are rejected. This
 * many take about 50 ms.
 */
const MAX_PASSAGES_READ = 200_000

/** The filter of a query whose conditions no passage can meet. */
export const REJECT_ALL: PassageFilter = () => false

/**
 * Creates a filter for the conditions of a query in search syntax; undefined if it has none. Takes
 * time proportional to the document frequencies of the words in the conditions. A phrase is only
 * checked in passages that contain all its words and score high enough.
 */
export function createPassageFilter(syntax: QuerySyntax | undefined, index: PassageIndex): PassageFilter | undefined {
  if (syntax === undefined) return undefined
  const isFromSource = createSourceCondition(syntax, index)
  const budget = { passages: MAX_PASSAGES_READ }
  const required = syntax.required.map(row => createPhrase(row, index, budget))
  const excluded = syntax.excluded.map(row => createPhrase(row, index, budget)).filter(phrase => phrase !== undefined)
  if (required.includes(undefined)) return REJECT_ALL
  if (required.length + excluded.length === 0) return isFromSource
  return passage =>
    (isFromSource === undefined || isFromSource(passage)) &&
    required.every(phrase => phrase?.occursIn(passage) === true) &&
    !excluded.some(phrase => phrase.occursIn(passage)) &&
    budget.passages >= 0
}

/** Checks each document's id once per query. */
function createSourceCondition({ sources, excludedSources }: QuerySyntax, index: PassageIndex): PassageFilter | undefined {
  if (sources.length + excludedSources.length === 0) return undefined
  const checked = new Map<number, boolean>()
  return passage => {
    const owner = index.owners[passage]!
    const known = checked.get(owner)
    if (known !== undefined) return known
    const id = index.documents.id(owner).toLowerCase()
    const fits = sources.every(part => id.includes(part)) && !excludedSources.some(part => id.includes(part))
    checked.set(owner, fits)
    return fits
  }
}

interface Phrase {
  occursIn(passage: number): boolean
}

/**
 * A sequence of adjacent terms to look for in passages; undefined if no passage contains all of
 * them.
 */
function createPhrase(row: readonly string[], index: PassageIndex, budget: { passages: number }): Phrase | undefined {
  const terms = row.map(term => index.vocabulary.find(term))
  const lists = terms.filter(term => term !== undefined)
  if (lists.length < terms.length) return undefined
  const withAll = passagesWithAll(lists, index)
  if (withAll.length === 0) return undefined
  const numbers = lists.map(list => FIRST_TERM + list)
  return {
    occursIn(passage) {
      const at = lowerBound(withAll, 0, withAll.length, passage)
      if (withAll[at] !== passage) return false
      return numbers.length === 1 || (budget.passages-- > 0 && index.sequences.containsRow(passage, numbers))
    },
  }
}

/**
 * Intersects posting lists, starting with the shortest. Returns passage numbers in ascending order.
 */
function passagesWithAll(lists: readonly number[], { postings }: PassageIndex): Uint32Array {
  const [shortest, ...others] = [...new Set(lists)].sort((a, b) => postings.count(a) - postings.count(b))
  let passages = new Uint32Array(postings.count(shortest!))
  let count = 0
  postings.forEachKey(shortest!, passage => {
    passages[count++] = passage
  })
  for (const list of others) {
    let kept = 0
    let at = 0
    postings.forEachKey(list, passage => {
      while (at < passages.length && passages[at]! < passage) at++
      if (at < passages.length && passages[at] === passage) passages[kept++] = passage
    })
    passages = passages.subarray(0, kept)
  }
  return passages
}
