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
const HOST = 'Host: localhost\r\n'

/** Keys of all roles. */
export interface Credentials {
  /** A key of the role `admin`. */
  readonly admin: string
  /** Adds one of the keys to most attempts. */
  change(random: () => number, attempt: Attempt): Attempt
}

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

  function change(random: () => number, attempt: Attempt): Attempt {
    const credential = pick(random)
    if (credential === undefined) return attempt
    const lines = `${HOST}Authorization: Bearer ${credential}\r\n`
    return { ...attempt, bytes: Buffer.from(attempt.bytes.toString('latin1').replaceAll(HOST, lines), 'latin1') }
  }

  return { admin: texts[ROLES.indexOf('admin')]!, change }
}
