/** How people type function words in a hurry, by the standard spelling. */
const SPELLINGS: Readonly<Record<string, string>> = {
  how: 'hwo ohw',
  what: 'waht whta hwat wat',
  which: 'wich whcih wihch',
  where: 'wehre hwere whre',
  when: 'wehn hwen',
  "what's": 'whats',
  "how's": 'hows',
  "where's": 'wheres',
  "who's": 'whos',
  "when's": 'whens',
  "there's": 'theres',
  "i'm": 'im',
  "i've": 'ive',
  "can't": 'cant cannot',
  "couldn't": 'couldnt',
  "won't": 'wont',
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
/** As a single letter, `u` may be a name. */
const YOU = /\b(can|could|do|would|did|if|will) u\b/gi

/** Replaces typing habits and slips in function words: "hwo do i", "whats", "cant", "pls". */
export function standardSpelling(message: string): string {
  return message.replace(VARIANT, found => STANDARD.get(found.toLowerCase()) ?? found).replace(YOU, '$1 you')
}
