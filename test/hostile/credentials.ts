import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openKeyStore } from '../../src/access/key-store.ts'
import { createKeyHash, createKeys } from '../../src/access/keys.ts'
import { ROLES } from '../../src/access/roles.ts'
import { loadSecret } from '../../src/access/secret-file.ts'
import { makeDataDirectory } from '../../src/database/data-directory.ts'
import type { Attempt } from './grammar.ts'

/** Shares of the attempts with a valid key, and with a wrong one. */
const VALID = 0.7
const WRONG = 0.02
/** How the generated requests name the server. */
export const HOST = 'Host: localhost\r\n'

/** Keys of all roles. */
export interface Credentials {
  /** A key of the role `admin`. */
  readonly admin: string
  /** The header `Host` and this key. */
  readonly adminHeaders: string
  /** Adds the key of `admin` to an attempt. */
  authorize(random: () => number, attempt: Attempt): Attempt
  /** Adds one of the keys to most attempts. */
  change(random: () => number, attempt: Attempt): Attempt
}

const headersWith = (key: string) => `${HOST}Authorization: Bearer ${key}\r\n`

/** Creates a key of each role. */
export function createCredentials(dataDir: string): Credentials {
  makeDataDirectory(dataDir)
  const store = openKeyStore(dataDir, { isServer: false })
  const hash = createKeyHash(loadSecret(join(dataDir, 'access.key')))
  const keys = createKeys({ store, hash, now: Date.now, randomBytes })
  const texts = ROLES.map(role => keys.create({ role, name: role }, () => undefined).text)
  store.close()

  function pick(random: () => number): string | undefined {
    const share = random()
    if (share < VALID) return texts[Math.floor(random() * texts.length)]
    return share < VALID + WRONG ? 'wrong' : undefined
  }

  const admin = texts[ROLES.indexOf('admin')]!
  return {
    admin,
    adminHeaders: headersWith(admin),
    authorize: (_, attempt) => addKey(attempt, admin),
    change(random, attempt) {
      const key = pick(random)
      return key === undefined ? attempt : addKey(attempt, key)
    },
  }
}

function addKey(attempt: Attempt, key: string): Attempt {
  return { ...attempt, bytes: Buffer.from(attempt.bytes.toString('latin1').replaceAll(HOST, headersWith(key)), 'latin1') }
}
