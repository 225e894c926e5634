/** Short vowels and other marks, the dagger alef, and the kashida, which only stretches a word. */
const MARKS = /[\u064b-\u065f\u0670\u0640]/g
/** Conjunction, preposition and article, alone or combined, if at least two letters follow. */
const PREFIX = /^(?:و?(?:ال|لل|بال|كال|فال)|و(?=\p{L}{3}))(?=\p{L}{2})/u
/** Endings of gender, number and possession, if at least two letters precede. */
const SUFFIX = /(?<=\p{L}{2})(?:ها|ان|ات|ون|ين|يه|ية|ه|ة|ي)$/u

/**
 * Returns the light stem of an Arabic word: marks removed, letters that are often interchanged
 * unified, common prefixes and endings removed (after Larkey, Ballesteros and Connell 2002).
 */
export function stemArabic(word: string): string {
  const bare = word
    .replace(MARKS, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replaceAll('ى', 'ي')
  return bare.replace(PREFIX, '').replace(SUFFIX, '').replace(SUFFIX, '').replaceAll('ة', 'ه')
}
