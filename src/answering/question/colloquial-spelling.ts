/** Function words as people misspell or shorten them, by the standard spelling. */
const SPELLINGS: Readonly<Record<string, string>> = {
  how: 'hwo',
  what: 'waht whta hwat',
  which: 'wich whcih wihch',
  where: 'wehre hwere whre',
  when: 'wehn hwen',
  "what's": 'whats',
  "how's": 'hows',
  "where's": 'wheres',
  "who's": 'whos',
  "when's": 'whens',
  "there's": 'theres',
  "i've": 'ive',
  "can't": 'cant cannot',
  "couldn't": 'couldnt',
  "don't": 'dont',
  "doesn't": 'doesnt doesent',
  "didn't": 'didnt',
  "isn't": 'isnt',
  "aren't": 'arent',
  "wasn't": 'wasnt',
  "wouldn't": 'wouldnt',
  "shouldn't": 'shouldnt',
  please: 'pls plz',
  'give me': 'gimme',
  'want to': 'wanna',
}

const STANDARD = new Map(Object.entries(SPELLINGS).flatMap(([word, variants]) => variants.split(' ').map(one => [one, word])))
const VARIANT = new RegExp(`(?<![\\p{L}\\p{N}_./-])(?:${[...STANDARD.keys()].join('|')})(?![\\p{L}\\p{N}_/-])`, 'giu')
/** What is all upper case is a name. */
const ABBREVIATION = /^\p{Lu}{2,}$/u
/** As a single letter, `u` may be a name. */
const YOU = /\b(can|could|do|would|did|if|will) u\b/gi
/** Alone, `wat` is a file format. */
const WHAT = /(?<![\p{L}\p{N}_./-])wat(?= (?:is|are|does|do|happens)\b)/giu
/** Alone, `im` is German. */
const I_AM =
  /(?<![\p{L}\p{N}_./-])im (?=(?:not|just|stuck|trying|getting|having|using|running|seeing|looking|working|wondering)\b)/giu

/** Replaces misspelt and shortened function words: "hwo do i", "whats", "cant", "pls". */
export function standardSpelling(message: string): string {
  return message
    .replace(VARIANT, found => (ABBREVIATION.test(found) ? found : STANDARD.get(found.toLowerCase())!))
    .replace(YOU, '$1 you')
    .replace(WHAT, 'what')
    .replace(I_AM, "i'm ")
}
