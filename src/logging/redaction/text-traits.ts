/** What a text contains, as bits. Rules use them to skip texts in which they change nothing. */
export type TextTraits = number

export const DIGIT = 1
export const AT = 2
/** A sign of an assignment: `:` or `=`. */
export const SIGN = 4
/** What begins an encoded character or a colour of a terminal: `%`, `\`, `&`, `[` or escape. */
export const ESCAPE = 8
export const DASH = 16
/**
 * At least 15 characters of a key, hash or base64 text in a row, with a digit or several capitals.
 * No key is shorter.
 */
export const LONG_RUN = 32
export const BEYOND_ASCII = 64
/** An ASCII word for a password, or `basic` or `bearer`. */
export const SAYS_WORD = 128
/** Characters of keys and of base64. */
const RUN_CHARACTER = 256
const CAPITAL = 512

const LONG_RUN_CHARS = 15
const MANY_CAPITALS = 5
const SAYS = /pass|pwd|kennwort|senha|wachtwoord|parola|(?:basic|bearer)\s/i

const TRAITS = Uint16Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return (
    (/\d/.test(character) ? DIGIT : 0) |
    (character === '@' ? AT : 0) |
    (/[:=]/.test(character) ? SIGN : 0) |
    ('%\\&[\u001B'.includes(character) ? ESCAPE : 0) |
    (character === '-' ? DASH : 0) |
    (/[\w+/-]/.test(character) ? RUN_CHARACTER : 0) |
    (/[A-Z]/.test(character) ? CAPITAL : 0)
  )
})

/** Returns the traits of a text. Cost: linear. */
export function traitsOf(text: string): TextTraits {
  let traits = SAYS.test(text) ? SAYS_WORD : 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const trait = code < 128 ? (TRAITS[code] as number) : BEYOND_ASCII
    traits |= trait
    if ((trait & RUN_CHARACTER) !== 0) continue
    if (i - start >= LONG_RUN_CHARS && looksRandom(text, start, i)) traits |= LONG_RUN
    start = i + 1
  }
  return text.length - start >= LONG_RUN_CHARS && looksRandom(text, start, text.length) ? traits | LONG_RUN : traits
}

function looksRandom(text: string, start: number, end: number): boolean {
  let capitals = 0
  for (let i = start; i < end && capitals < MANY_CAPITALS; i++) {
    const trait = TRAITS[text.charCodeAt(i)] as number
    if ((trait & DIGIT) !== 0) return true
    if ((trait & CAPITAL) !== 0) capitals++
  }
  return capitals >= MANY_CAPITALS
}

/** Returns whether a text has one of the traits. */
export function has(traits: TextTraits, wanted: TextTraits): boolean {
  return (traits & wanted) !== 0
}
