import type { Source } from '../chat/turn.ts'
import { excerpt } from './excerpt.ts'

/** Numbers sources, best first, each with its score, its place and how its passage begins. */
export function listSources(sources: readonly Source[]): string {
  return sources
    .map(
      ({ title, location, passage, score }, i) =>
        `${i + 1}. ${excerpt(title, 80)}, score ${score.toFixed(2)}\n   ${location}\n   ${excerpt(passage, 160)}`,
    )
    .join('\n')
}
