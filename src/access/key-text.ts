import { crc32 } from 'node:zlib'

/**
 * An access key: `plc_`, 43 characters of base62 for 256 random bits, and 6 for their CRC-32, so
 * that programs which look for leaked keys find it without false alarms.
 */
export const KEY_FORM = /^plc_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

const PREFIX = 'plc_'
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_BYTES = 32
const RANDOM_CHARACTERS = 43
const CHECK_CHARACTERS = 6

/** Makes a new key. @param randomBytes Cryptographically secure. */
export function makeKeyText(randomBytes: (count: number) => Uint8Array): string {
  const random = toBase62(BigInt(`0x${Buffer.from(randomBytes(RANDOM_BYTES)).toString('hex')}`), RANDOM_CHARACTERS)
  return `${PREFIX}${random}${checkOf(random)}`
}

/** Whether a text has the form of a key and the right check characters. */
export function isKeyText(text: string): boolean {
  const [, random, check] = KEY_FORM.exec(text) ?? []
  return random !== undefined && checkOf(random) === check
}

function checkOf(random: string): string {
  return toBase62(BigInt(crc32(random)), CHECK_CHARACTERS)
}

function toBase62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text
  return text.padStart(length, '0')
}
