import { BACKGROUND_STEMS } from './background-words.ts'

/** The frequent English stems by their level: those of level n occur in e^(−n / 2) of all texts. */
export const ENGLISH_LEVELS: ReadonlyMap<string, number> = new Map(
  BACKGROUND_STEMS.flatMap((stems, level) => stems.split(/\s+/).map(stem => [stem, level] as const)),
)
