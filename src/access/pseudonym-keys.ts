import { createHmac } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChatError, errnoOf } from '../errors.ts'

/** Fingerprints of the keys of pseudonyms that a server used with this folder, one a line. */
const FILE = 'pseudonym.keys'
const FINGERPRINT_CHARACTERS = 16

/** Remembers the key of a server. The fingerprint reveals nothing about the key. */
export function rememberPseudonymKey(dataDirectory: string, key: string): void {
  const fingerprint = fingerprintOf(key)
  if (readFingerprints(dataDirectory).at(-1) === fingerprint) return
  appendFileSync(join(dataDirectory, FILE), `${fingerprint}\n`, { mode: 0o600 })
}

/**
 * Checks that a command has a key of the server: with another one it finds none of a user's data,
 * and would report that there is none. Returns the number of other keys, whose data it does not
 * find. A folder of an earlier version has no list and passes.
 *
 * @throws {ChatError} CONFIGURATION_INVALID if no server used the key with this folder.
 */
export function checkPseudonymKey(dataDirectory: string, key: string): number {
  const known = new Set(readFingerprints(dataDirectory))
  if (known.size === 0 || known.delete(fingerprintOf(key))) return known.size
  throw new ChatError('CONFIGURATION_INVALID', {
    message:
      'PSEUDONYM_KEY: no server used this key with DATA_DIR, so no data of a user would be found. Set the key that the server has',
  })
}

function readFingerprints(dataDirectory: string): readonly string[] {
  try {
    return readFileSync(join(dataDirectory, FILE), 'utf8').split('\n').filter(Boolean)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

function fingerprintOf(key: string): string {
  return createHmac('sha256', key).update('fingerprint of the key').digest('base64url').slice(0, FINGERPRINT_CHARACTERS)
}
