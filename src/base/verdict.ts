/** What a user thinks of a reply: a thumb up or down. */
export type Verdict = 'good' | 'bad'

const WORDS: Readonly<Record<Verdict, readonly string[]>> = { good: ['good', '👍', '+1'], bad: ['bad', '👎', '-1'] }
const SKIN_TONE = /[\u{1F3FB}-\u{1F3FF}\uFE0F]/gu

/** All spellings of a verdict, for schemas and messages. */
export const VERDICT_WORDS: readonly string[] = Object.values(WORDS).flat()

/** Reads `good`, `bad`, a thumb, `+1` or `-1`, in any case. Undefined for another text. */
export function readVerdict(text: string): Verdict | undefined {
  const word = text.trim().replace(SKIN_TONE, '').toLowerCase()
  return (['good', 'bad'] as const).find(verdict => WORDS[verdict].includes(word))
}
