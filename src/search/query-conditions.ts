import type { Accept } from './best-passages.ts'
import type { PassageIndex } from './passage-index.ts'
import type { QuerySyntax } from './query-syntax.ts'
import { FIRST_TERM } from './sequence-store.ts'

/** Passages that are read for one query to see whether they meet its conditions; of the rest none is found. It bounds the cost. */
const MAX_PASSAGES_READ = 20_000

/** Which passages meet the conditions that a query in search syntax makes; undefined where it makes none. */
export function createConditions(syntax: QuerySyntax | undefined, index: PassageIndex): Accept | undefined {
  if (syntax === undefined || syntax.required.length + syntax.excluded.length === 0) return undefined
  const rowsOf = (phrases: readonly (readonly string[])[]) =>
    phrases.map(phrase => phrase.map(term => FIRST_TERM + (index.vocabulary.find(term) ?? Number.POSITIVE_INFINITY)))
  const required = rowsOf(syntax.required)
  const excluded = rowsOf(syntax.excluded)
  let read = 0
  return passage => {
    if (read++ >= MAX_PASSAGES_READ) return false
    const count = index.sequences.read(passage)
    const { numbers } = index.sequences
    return required.every(row => hasRow(numbers, count, row)) && !excluded.some(row => hasRow(numbers, count, row))
  }
}

function hasRow(numbers: Uint32Array, count: number, row: readonly number[]): boolean {
  const last = count - row.length
  for (let start = numbers.indexOf(row[0]); start >= 0 && start <= last; start = numbers.indexOf(row[0], start + 1)) {
    if (row.every((number, i) => numbers[start + i] === number)) return true
  }
  return false
}
