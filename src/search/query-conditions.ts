import type { Accept } from './best-passages.ts'
import type { PassageIndex } from './passage-index.ts'
import type { QuerySyntax } from './query-syntax.ts'
import { FIRST_TERM } from './sequence-store.ts'

/** Passages that are read for one query to see whether they meet its conditions; of the rest none is found. It bounds the cost. */
const MAX_PASSAGES_READ = 20_000

/** Which passages meet the conditions that a query in search syntax makes; undefined where it makes none. */
export function createConditions(syntax: QuerySyntax | undefined, index: PassageIndex): Accept | undefined {
  if (syntax === undefined) return undefined
  const isFromSource = createSourceCondition(syntax, index)
  if (syntax.required.length + syntax.excluded.length === 0) return isFromSource
  const rowsOf = (phrases: readonly (readonly string[])[]) =>
    phrases.map(phrase => phrase.map(term => FIRST_TERM + (index.vocabulary.find(term) ?? Number.POSITIVE_INFINITY)))
  const required = rowsOf(syntax.required)
  const excluded = rowsOf(syntax.excluded)
  let read = 0
  return passage => {
    if (isFromSource !== undefined && !isFromSource(passage)) return false
    if (read++ >= MAX_PASSAGES_READ) return false
    const count = index.sequences.read(passage)
    const { numbers } = index.sequences
    return required.every(row => hasRow(numbers, count, row)) && !excluded.some(row => hasRow(numbers, count, row))
  }
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

function hasRow(numbers: Uint32Array, count: number, row: readonly number[]): boolean {
  const last = count - row.length
  for (let start = numbers.indexOf(row[0]); start >= 0 && start <= last; start = numbers.indexOf(row[0], start + 1)) {
    if (row.every((number, i) => numbers[start + i] === number)) return true
  }
  return false
}
