import { fragmentsOf, isFragmentAt } from '../worlds/secrets.ts'
import type { Canary } from './canary-kinds.ts'

/** A part of a canary's secret in a text, and its place. */
export interface Trace {
  readonly fragment: string
  readonly at: number
}

/** Characters that all fragments have at least: the search looks up each run of that many. */
const PREFIX = 4
const FILTER_BITS = 20
const MASK = 2 ** FILTER_BITS - 1

/**
 * Creates a search for the secrets of all canaries, plain or in the encoding of the canary. It
 * returns the first place of each fragment. Cost: one pass over the text, some ns a character.
 */
export function createSearch(canaries: readonly Canary[]): (text: string) => (canary: Canary) => readonly Trace[] {
  const fragments = new Map(canaries.map(canary => [canary, fragmentsOfCanary(canary)]))
  const all = new Set([...fragments.values()].flatMap(({ plain, encoded }) => [...plain, ...encoded]))
  const byPrefix = Map.groupBy(all, fragment => fragment.slice(0, PREFIX))
  const filter = new Uint8Array(MASK + 1)
  for (const prefix of byPrefix.keys()) filter[hashAt(prefix, 0)] = 1

  return text => {
    const places = new Map<string, number>()
    for (let at = 0; at + PREFIX <= text.length; at++) {
      if (filter[hashAt(text, at)] === 0) continue
      for (const fragment of byPrefix.get(text.slice(at, at + PREFIX)) ?? [])
        if (!places.has(fragment) && isFragmentAt(text, fragment, at)) places.set(fragment, at)
    }
    const tracesOf = (wanted: readonly string[]) =>
      wanted.flatMap(fragment => {
        const at = places.get(fragment)
        return at === undefined ? [] : [{ fragment, at }]
      })
    return canary => {
      const { plain, encoded } = fragments.get(canary)!
      const traces = tracesOf(plain)
      return traces.length > 0 ? traces : tracesOf(encoded)
    }
  }
}

function fragmentsOfCanary({ text, form, value }: Canary) {
  return { plain: fragmentsOf(value), encoded: form === 'whole' || form === 'in a sentence' ? [] : [text] }
}

function hashAt(text: string, at: number): number {
  let hash = 0
  for (let i = 0; i < PREFIX; i++) hash = Math.imul(hash, 33) ^ text.charCodeAt(at + i)
  return (hash ^ (hash >>> 12)) & MASK
}
