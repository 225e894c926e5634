import type { PassageIndex } from '../index/passage-index.ts'
import { FIRST_TERM } from '../index/sequence-store.ts'
import { lowerBound } from '../index/typed-arrays.ts'
import type { Accept } from '../ranking/candidate-retrieval.ts'
import type { QuerySyntax } from './query-syntax.ts'

/** Passages with all words of a phrase that are read for one query, to see whether they stand side by side; of the rest none is found. Some 50 ms. */
const MAX_PASSAGES_READ = 200_000

/** Where a query's conditions cannot be met, whatever passage is looked at. */
export const NO_PASSAGE: Accept = () => false

/**
 * Which passages meet the conditions that a query in search syntax makes; undefined where it makes none. Costs time with the document frequencies of
 * the words in them; of a phrase only those passages are read that have all its words and are good enough to be found.
 */
export function createConditions(syntax: QuerySyntax | undefined, index: PassageIndex): Accept | undefined {
  if (syntax === undefined) return undefined
  const isFromSource = createSourceCondition(syntax, index)
  const budget = { passages: MAX_PASSAGES_READ }
  const required = syntax.required.map(row => createPhrase(row, index, budget))
  const excluded = syntax.excluded.map(row => createPhrase(row, index, budget)).filter(phrase => phrase !== undefined)
  if (required.includes(undefined)) return NO_PASSAGE
  if (required.length + excluded.length === 0) return isFromSource
  return passage =>
    (isFromSource === undefined || isFromSource(passage)) &&
    required.every(phrase => phrase?.stands(passage) === true) &&
    !excluded.some(phrase => phrase.stands(passage)) &&
    budget.passages >= 0
}

/** Looks at each document's id once for a query. */
function createSourceCondition({ sources, excludedSources }: QuerySyntax, index: PassageIndex): Accept | undefined {
  if (sources.length + excludedSources.length === 0) return undefined
  const looked = new Map<number, boolean>()
  return passage => {
    const owner = index.owners[passage]!
    const known = looked.get(owner)
    if (known !== undefined) return known
    const id = index.documents.id(owner).toLowerCase()
    const fits = sources.every(part => id.includes(part)) && !excludedSources.some(part => id.includes(part))
    looked.set(owner, fits)
    return fits
  }
}

interface Phrase {
  stands(passage: number): boolean
}

/** A row of terms to be looked for in passages; undefined where no passage has them all. */
function createPhrase(row: readonly string[], index: PassageIndex, budget: { passages: number }): Phrase | undefined {
  const terms = row.map(term => index.vocabulary.find(term))
  const lists = terms.filter(term => term !== undefined)
  if (lists.length < terms.length) return undefined
  const withAll = passagesWithAll(lists, index)
  if (withAll.length === 0) return undefined
  const numbers = lists.map(list => FIRST_TERM + list)
  return {
    stands(passage) {
      const at = lowerBound(withAll, 0, withAll.length, passage)
      if (withAll[at] !== passage) return false
      return numbers.length === 1 || (budget.passages-- > 0 && index.sequences.holdsRow(passage, numbers))
    },
  }
}

/** The passages that stand in all lists, ascending: the shortest list, thinned by one after the other. */
function passagesWithAll(lists: readonly number[], { postings }: PassageIndex): Uint32Array {
  const [shortest, ...others] = [...new Set(lists)].sort((a, b) => postings.count(a) - postings.count(b))
  let passages = new Uint32Array(postings.count(shortest))
  let count = 0
  postings.forEachKey(shortest, passage => {
    passages[count++] = passage
  })
  for (const list of others) {
    let kept = 0
    let at = 0
    postings.forEachKey(list, passage => {
      while (at < passages.length && passages[at] < passage) at++
      if (at < passages.length && passages[at] === passage) passages[kept++] = passage
    })
    passages = passages.subarray(0, kept)
  }
  return passages
}
