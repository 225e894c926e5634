import type { Source } from '../answering/workings.ts'
import { oneLine } from './one-line.ts'

/** Numbers sources, best first, each with its score, its place and how its passage begins. */
export function listSources(sources: readonly Source[]): string {
  return sources
    .map(
      ({ title, location, passage, score }, i) =>
        `${i + 1}. ${oneLine(title, 80)}, score ${score.toFixed(2)}\n   ${location}\n   ${oneLine(passage, 160)}`,
    )
    .join('\n')
}
