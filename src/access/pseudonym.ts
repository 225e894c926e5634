import { createHmac, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChatError, errnoOf } from '../errors.ts'

/** 128 bits of the digest, in base64url: two users never share one, and nobody who lacks the key can tell whose it is. */
const PSEUDONYM_CHARACTERS = 22

/**
 * Turns user ids into pseudonyms (`u_` and 22 characters), always the same for the same id and key.
 * HMAC-SHA-256: without the key a pseudonym cannot be found by trying ids.
 */
export function createPseudonymizer(key: string): (userId: string) => string {
  return userId => `u_${createHmac('sha256', key).update(userId).digest('base64url').slice(0, PSEUDONYM_CHARACTERS)}`
}

/**
 * The pseudonym key of a data directory: `pseudonym.key`, 32 random bytes in hex, readable by its owner alone, made when first asked for.
 * Processes that ask at once get the same key.
 * @throws {ChatError} CONFIGURATION_INVALID where the file holds something else.
 */
export function loadPseudonymKey(dataDirectory: string): string {
  const path = join(dataDirectory, 'pseudonym.key')
  const key = readKey(path) ?? makeKey(path)
  if (/^[0-9a-f]{64}$/.test(key)) return key
  throw new ChatError('CONFIGURATION_INVALID', { message: `${path} does not hold a key of 64 hex digits` })
}

function readKey(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Written aside and then linked, which fails where another process was faster: so a key is there whole or not at all, and never replaced. */
function makeKey(path: string): string {
  const key = randomBytes(32).toString('hex')
  const draft = `${path}.${process.pid}.${key.slice(0, 8)}`
  try {
    writeFileSync(draft, `${key}\n`, { mode: 0o600, flag: 'wx', flush: true })
    linkSync(draft, path)
    return key
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return readFileSync(path, 'utf8').trim()
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
