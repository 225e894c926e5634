import { createHmac, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChatError, errnoOf } from '../errors.ts'

/** 132 bits of the digest in base64url. Collisions are negligible. */
const PSEUDONYM_CHARACTERS = 22

/**
 * Creates a function that turns user ids into pseudonyms: `u_` and 22 characters of an
 * HMAC-SHA-256. The same id and key give the same pseudonym. Without the key, guessing ids reveals
 * nothing.
 */
export function createPseudonymizer(key: string): (userId: string) => string {
  return userId => `u_${createHmac('sha256', key).update(userId).digest('base64url').slice(0, PSEUDONYM_CHARACTERS)}`
}

/**
 * Loads the pseudonym key of a data directory from `pseudonym.key`: 32 random bytes in hexadecimal,
 * mode 0600. Creates it if it is missing; concurrent processes get the same key.
 * @throws {ChatError} CONFIGURATION_INVALID if the file contains something else.
 */
export function loadPseudonymKey(dataDirectory: string): string {
  const path = join(dataDirectory, 'pseudonym.key')
  const key = readKey(path) ?? makeKey(path)
  if (/^[0-9a-f]{64}$/.test(key)) return key
  throw new ChatError('CONFIGURATION_INVALID', {
    message: `${path} does not contain a key of 64 hexadecimal digits. Restore the file from a backup, or delete it to create a new key`,
  })
}

function readKey(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes a draft and links it, which fails if another process was faster. A key is never incomplete
 * and never replaced.
 */
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
