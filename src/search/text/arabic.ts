/** Short vowels and other marks, the dagger alef, and the stroke that only stretches a word. */
const MARKS = /[\u064b-\u065f\u0670\u0640]/g
/** Conjunction, preposition and article, alone or one after the other, where at least two letters are left. */
const PREFIX = /^(?:و?(?:ال|لل|بال|كال|فال)|و(?=\p{L}{3}))(?=\p{L}{2})/u
/** Endings of gender, number and possession, where at least two letters are left. */
const SUFFIX = /(?<=\p{L}{2})(?:ها|ان|ات|ون|ين|يه|ية|ه|ة|ي)$/u

/**
 * The light stem of an Arabic word: without marks, letters that are often written for each other made one, and common prefixes and endings taken off (in the way of
 * Larkey, Ballesteros and Connell 2002).
 */
export function stemArabic(word: string): string {
  const bare = word
    .replace(MARKS, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replaceAll('ى', 'ي')
  return bare.replace(PREFIX, '').replace(SUFFIX, '').replace(SUFFIX, '').replaceAll('ة', 'ه')
}
