/** Words that the rules would stem wrongly, with their stems. */
const EXCEPTIONS = new Map([
  ['skis', 'ski'],
  ['skies', 'sky'],
  ['idly', 'idl'],
  ['gently', 'gentl'],
  ['ugly', 'ugli'],
  ['early', 'earli'],
  ['only', 'onli'],
  ['singly', 'singl'],
  ...['sky', 'news', 'howe', 'atlas', 'cosmos', 'bias', 'andes'].map(word => [word, word] as const),
])

/**
 * Beginnings of words that end in -ing as part of the stem: evening, canning, inning, earring,
 * herring, outing.
 */
const KEEPS_ING = /^(?:even|cann|inn|earr|herr|out)$/
/** Beginnings of words that keep -eed: proceed, exceed, succeed. */
const KEEPS_EED = /^(?:proc|exc|succ)$/

/**
 * The part before R1: a listed beginning, or else everything up to the first consonant after a
 * vowel.
 */
const BEFORE_R1 = /^(?:arsen|commun|emerg|gener|inter|later|organ|past|univers|[^aeiouy]*[aeiouy]+[^aeiouy])/
const BEFORE_R2 = /[^aeiouy]*[aeiouy]+[^aeiouy]/y

const VOWEL = /[aeiouy]/
/** A word that ends in a short syllable. */
const SHORT_SYLLABLE = /[^aeiouy][aeiouy][^aeiouywxY]$|^[aeiouy][^aeiouy]$|past$/

const STEP_2 = new Map([
  ...pairs('tion', 'tional'),
  ...pairs('ence', 'enci'),
  ...pairs('ance', 'anci'),
  ...pairs('able', 'abli'),
  ...pairs('ent', 'entli'),
  ...pairs('ize', 'izer', 'ization'),
  ...pairs('ate', 'ational', 'ation', 'ator'),
  ...pairs('al', 'alism', 'aliti', 'alli'),
  ...pairs('ful', 'fulness', 'fulli'),
  ...pairs('ous', 'ousli', 'ousness'),
  ...pairs('ive', 'iveness', 'iviti'),
  ...pairs('ble', 'biliti', 'bli'),
  ...pairs('less', 'lessli'),
  ...pairs('og', 'ogist', 'ogi'),
  ...pairs('', 'li'),
])
const STEP_3 = new Map([
  ...pairs('tion', 'tional'),
  ...pairs('ate', 'ational'),
  ...pairs('al', 'alize'),
  ...pairs('ic', 'icate', 'iciti', 'ical'),
  ...pairs('', 'ful', 'ness', 'ative'),
])
/**
 * Alternatives match at the end, and a regular expression finds the leftmost match, so the longest
 * ending wins.
 */
const STEP_2_ENDING = endings(STEP_2.keys())
const STEP_3_ENDING = endings(STEP_3.keys())
const STEP_4_ENDING = /(?:ement|ment|ent|ance|ence|able|ible|ate|ive|ize|iti|al|ism|ion|er|ous|ant|ic)$/

/**
 * Stems an English word with Porter 2, the English algorithm of the Snowball project (M. F. Porter,
 * 2001, with its later exceptions up to Snowball 3.1). Takes a lower-case word of a–z and the
 * straight apostrophe. Words of up to two letters are returned unchanged.
 */
export function stem(word: string): string {
  if (word.length < 3) return word
  const exception = EXCEPTIONS.get(word)
  if (exception !== undefined) return exception

  // A consonantal y becomes Y, which no pattern here treats as a vowel.
  const marked = word.replace(/^'/, '').replace(/(^|[aeiouy])y/g, '$1Y')
  const r1 = BEFORE_R1.exec(marked)?.[0].length ?? marked.length
  BEFORE_R2.lastIndex = r1
  const r2 = BEFORE_R2.test(marked) ? BEFORE_R2.lastIndex : marked.length

  const singular = dropPlural(marked)
  const present = dropTense(singular, r1)
  const vowelled = present.length > 2 ? present.replace(/([^aeiouy])[yY]$/, '$1i') : present
  return dropFinal(dropSuffix(shortenAgain(shorten(vowelled, r1), r1, r2), r2), r1, r2).replaceAll('Y', 'y')
}

/** Step 0 and 1a. */
function dropPlural(word: string): string {
  const bare = word.replace(/'(?:s'?)?$/, '')
  if (bare.endsWith('sses')) return bare.slice(0, -2)
  if (/ie[ds]$/.test(bare)) return bare.slice(0, bare.length > 4 ? -2 : -1)
  return /[^us]s$/.test(bare) && VOWEL.test(bare.slice(0, -2)) ? bare.slice(0, -1) : bare
}

/** Step 1b. */
function dropTense(word: string, r1: number): string {
  const ending = /(?:eedly|ingly|edly|eed|ing|ed)$/.exec(word)?.[0]
  if (ending === undefined) return word
  const rest = word.slice(0, -ending.length)
  if (ending.startsWith('eed')) return rest.length >= r1 && !KEEPS_EED.test(rest) ? `${rest}ee` : word
  if (ending === 'ing' && /^[^aeiouy]y$/.test(rest)) return `${rest[0]}ie`
  if ((ending === 'ing' && KEEPS_ING.test(rest)) || !VOWEL.test(rest)) return word
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(rest)) return /^[aeo]..$/.test(rest) ? rest : rest.slice(0, -1)
  return rest.length === r1 && SHORT_SYLLABLE.test(rest) ? `${rest}e` : rest
}

/** Step 2. */
function shorten(word: string, r1: number): string {
  const ending = STEP_2_ENDING.exec(word)?.[0]
  if (ending === undefined || word.length - ending.length < r1) return word
  const rest = word.slice(0, -ending.length)
  if (ending === 'ogi' && !rest.endsWith('l')) return word
  if (ending === 'li' && !/[cdeghkmnrt]$/.test(rest)) return word
  return rest + STEP_2.get(ending)
}

/** Step 3. */
function shortenAgain(word: string, r1: number, r2: number): string {
  const ending = STEP_3_ENDING.exec(word)?.[0]
  if (ending === undefined) return word
  const rest = word.slice(0, -ending.length)
  return rest.length < (ending === 'ative' ? Math.max(r1, r2) : r1) ? word : rest + STEP_3.get(ending)
}

/** Step 4. */
function dropSuffix(word: string, r2: number): string {
  const ending = STEP_4_ENDING.exec(word)?.[0]
  if (ending === undefined) return word
  const rest = word.slice(0, -ending.length)
  return rest.length < r2 || (ending === 'ion' && !/[st]$/.test(rest)) ? word : rest
}

/** Step 5. */
function dropFinal(word: string, r1: number, r2: number): string {
  const rest = word.slice(0, -1)
  if (word.endsWith('e')) return rest.length >= r2 || (rest.length >= r1 && !SHORT_SYLLABLE.test(rest)) ? rest : word
  return word.endsWith('ll') && rest.length >= r2 ? rest : word
}

function pairs(replacement: string, ...suffixes: readonly string[]): [string, string][] {
  return suffixes.map(suffix => [suffix, replacement])
}

function endings(suffixes: Iterable<string>): RegExp {
  return new RegExp(`(?:${[...suffixes].join('|')})$`)
}
