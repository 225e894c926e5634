import { crc32 } from 'node:zlib'

/** Characters of base64url before the check: 132 random bits. */
const RANDOM_CHARACTERS = 22
const RANDOM_BYTES = 18
const CHECK_CHARACTERS = 2
const LENGTH = RANDOM_CHARACTERS + CHECK_CHARACTERS
/** An id with what touches it, such as `--ID` or `my_ID`. */
const RUN = /[\w-]{24,}/g
/** Pseudonyms of sessions and users have as many characters, and open nothing. */
const PSEUDONYM = /^[su]_/
/**
 * Ids with other characters directly before or after them, such as `reqID`, look like this. 2% of
 * ids have no digit and are not found there: names in programs have none either.
 */
const MIXED = /^(?=.*\d)(?=.*[A-Z]).*[a-z]/
/** In longer runs, such as base64, one side of an id has to be a border. */
const MAX_GLUED_RUN = 32
/** Texts without one of these are not searched for keys. */
const KEY_LIKE = /\d|(?:[A-Z].*){5}/

/**
 * Makes a session id: 24 characters of base64url, of which the last two check the others. An id
 * opens its session: with the check, redaction finds it in any text.
 *
 * @param randomBytes Cryptographically secure.
 */
export function makeSessionId(randomBytes: (count: number) => Uint8Array): string {
  for (;;) {
    const random = Buffer.from(randomBytes(RANDOM_BYTES)).toString('base64url').slice(0, RANDOM_CHARACTERS)
    if (!PSEUDONYM.test(random) && KEY_LIKE.test(random)) return random + checkOf(random)
  }
}

/**
 * Replaces the session ids in a text, also if they touch other characters. Of other words of 24
 * characters, one in 4,096 is taken; of longer ones with digits and both cases, up to nine.
 * Cost: linear.
 */
export function replaceSessionIds(text: string, label: string): string {
  return text.replace(RUN, run => replaceInRun(run, label))
}

function replaceInRun(run: string, label: string): string {
  const bordersNeeded = !MIXED.test(run) ? 2 : run.length > MAX_GLUED_RUN ? 1 : 0
  let replaced = ''
  let done = 0
  for (let start = 0; start + LENGTH <= run.length; start++) {
    const borders = Number(isBorder(run, start - 1)) + Number(isBorder(run, start + LENGTH))
    if (borders < bordersNeeded) continue
    const id = run.slice(start, start + LENGTH)
    if ((borders < 2 && !MIXED.test(id)) || !isSessionId(id)) continue
    replaced += run.slice(done, start) + label
    done = start + LENGTH
    start = done - 1
  }
  return replaced + run.slice(done)
}

function isBorder(run: string, at: number): boolean {
  return at < 0 || at >= run.length || run[at] === '-' || run[at] === '_'
}

function isSessionId(id: string): boolean {
  return !PSEUDONYM.test(id) && checkOf(id.slice(0, RANDOM_CHARACTERS)) === id.slice(RANDOM_CHARACTERS)
}

/** The last twelve bits of the CRC-32, as two characters. */
function checkOf(random: string): string {
  const sum = crc32(random)
  return Buffer.from([sum >>> 4, sum << 4])
    .toString('base64url')
    .slice(0, CHECK_CHARACTERS)
}
