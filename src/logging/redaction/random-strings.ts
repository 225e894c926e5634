import { replaceSessionIds } from '../../text/ids/session-ids.ts'
import { has, LONG_RUN, traitsOf } from './text-traits.ts'

/**
 * Strings without a format of their own that are secrets: a word before them announces it, they
 * look random, or they are the base64 of a text with a secret. Session ids have a check.
 */

/** The parts of a text that may be random. */
const RUN = /(?<![\w+/-])[\w+/-]{15,}={0,2}/g
const SEGMENT = /(?<![\w+-])[\w+-]{15,}={0,2}/g
const CONTEXT_CHARS = 48
const ANNOUNCED =
  /(?:secret|token|credentials?|passw\w{0,4}|privkey|wallet|mnemonic|(?:private|api|access|auth|signing|encryption|account|license|master)[\s_-]?key)[^\n\w]{0,12}(?:\w{1,12}[^\n\w]{1,6}){0,3}(?:0x)?$/i
const ANNOUNCED_HASH =
  /(?:hash|\btx(?:id)?|transaction|block|commit|digest|sha-?\d*|checksum|etag|root|signature)\W{0,12}(?:\w{1,12}\W{1,4}){0,2}$/i
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-/i
/** Names of the programs' own things have words. */
const WORD = /[a-z]{9}/
/** Short names of classes have one digit: `OAuth2PasswordRequestForm`. */
const DIGITS = /\d.*\d|^(?=.*\d).{32}/
const HEX = /^(?:0x)?[\da-f]+$/i
/** A private key of Ethereum; a transaction has the same form. */
const HEX_256 = /(?:^|[-_/])0x[\da-f]{64}$/i
/** A secret access key of AWS. */
const AWS_SECRET = /(?:^|[-_/])(?=[A-Za-z+/]{0,39}\d)([A-Za-z0-9+/]{40})$/
/** A path has words. */
const PATH = /(?:^|\/)[a-z]{3,}(?:\/|$)/
/** Bits a character. Random base64 of 40 characters has 4.9 ± 0.1, a path at most 4.2. */
const MIN_ENTROPY = 4.4

/**
 * Redacts strings that look random.
 *
 * @param redact Redacts the text that is encoded in a string.
 */
export function redactRandomStrings(text: string, redact: (text: string) => string): string {
  return text.replace(RUN, (run: string, at: number) => {
    if (!has(traitsOf(run), LONG_RUN)) return run
    if (isSecret(run, () => text.slice(Math.max(0, at - CONTEXT_CHARS), at))) return '[secret]'
    if (holdsSecret(run, redact)) return '[encoded]'
    // In a path or an address, each segment may be encoded.
    const shown = run.includes('/') ? run.replace(SEGMENT, part => (holdsSecret(part, redact) ? '[encoded]' : part)) : run
    return replaceSessionIds(shown, '[token]')
  })
}

function isSecret(run: string, context: () => string): boolean {
  if (run.length < 20) return false
  if (HEX_256.test(run)) return !ANNOUNCED_HASH.test(context())
  if (HEX.test(run)) return run.length >= 32 && ANNOUNCED.test(context()) && !ANNOUNCED_HASH.test(context())
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run)) return false
  const [, secret] = AWS_SECRET.exec(run) ?? []
  if (secret !== undefined && !PATH.test(secret) && entropyOf(secret) >= MIN_ENTROPY) return !context().endsWith('.')
  return run.length <= 256 && DIGITS.test(run) && !WORD.test(run) && !UUID.test(run) && ANNOUNCED.test(context())
}

/** Returns the entropy of the characters of a string, in bits a character. */
function entropyOf(run: string): number {
  const counts = new Map<string, number>()
  for (const character of run) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / run.length) * Math.log2(count / run.length)
  return bits
}

function holdsSecret(run: string, redact: (text: string) => string): boolean {
  if (run.length < 16 && !run.includes('=')) return false
  const decoded = decodeBase64(run)
  return decoded !== undefined && redact(decoded) !== decoded
}

/** Decodes base64 or base64url. Returns undefined for what is not a printable text. */
function decodeBase64(run: string): string | undefined {
  // The first bytes rule out nearly everything else, at a fifth of the cost.
  if (!isText(Buffer.from(run.slice(0, 12), 'base64').toString('latin1'))) return undefined
  const decoded = Buffer.from(run, 'base64').toString()
  return isText(decoded) && !decoded.includes('\uFFFD') ? decoded : undefined
}

function isText(decoded: string): boolean {
  return !/[^\P{Cc}\t\n\r]/u.test(decoded)
}
