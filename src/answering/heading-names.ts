import { isIdentifier } from './question/question.ts'

/** What comes before a name: "Class: `fs.Dir`". */
const LABEL = /^\p{L}+(?: \p{L}+)?: +/u
/** What comes after a name: parameters, a value, a description. */
const DETAILS = /\([^)]*\)?|\[[^\]]*\]?|<[^>]*>?|=\S*|(?:: | [-–—]+ ).*$/gsu
const MARKUP = /[`*\\'"]/g
const SHORT_OPTION = /^-\p{L}$/u
/** UTF-16 code units. A longer heading is a sentence. */
const MAX_HEADING = 200

/**
 * The identifiers that a heading is the name of, in lower case: `build.outdir`, or `-v` and
 * `--verbose` for "-v, --verbose LEVEL". None if it is prose that mentions them.
 */
export function namesOf(heading: string): readonly string[] {
  if (heading.length > MAX_HEADING) return []
  const bare = heading.replace(MARKUP, '').replace(LABEL, '').replace(DETAILS, ' ')
  const words = bare.split(/[\s,/|]+/).filter(word => word !== '')
  return words.every(word => isIdentifier(word) || SHORT_OPTION.test(word)) ? words.map(word => word.toLowerCase()) : []
}
