import { timingSafeEqual } from 'node:crypto'
import { ChatError } from '../errors.ts'
import type { AccessKey, KeyStore } from './key-store.ts'
import { isKeyText } from './key-text.ts'
import { isValid } from './keys.ts'
import type { Role } from './roles.ts'

/** Who sent a request. Without a credential, all properties are undefined. */
export interface Caller {
  readonly role?: Role
  /** Owns the sessions that it opens. */
  readonly application?: string
  /** The id of the key; `machine` for the token of the machine. */
  readonly keyId?: string
  readonly ratePerMinute?: number
}

/** Why a credential is not accepted. */
export type Rejection = 'unknown' | 'expired' | 'revoked'

export interface KeyringOptions {
  readonly store: Pick<KeyStore, 'list' | 'version' | 'markUsed'>
  readonly hash: (text: string) => string
  /** Proves that the caller can read the data directory: it has the role `admin`. */
  readonly machineToken: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly onFirstUse: (key: AccessKey) => void
}

/** How often the file is asked for changes. */
const CHECK_INTERVAL_MS = 500
/** How long a change of the keys may go unnoticed while the file cannot be read. */
const MAX_STALE_MS = 900
/** The caller with the token of the machine. */
export const MACHINE = { role: 'admin', application: 'machine', keyId: 'machine' } as const satisfies Caller

/**
 * Creates a function that finds out whose credential a text is. Keys are in memory, and the file is
 * asked for changes every half a second. Cost: 4 µs, of the hash.
 */
export function createKeyring({ store, hash, machineToken, now, onFirstUse }: KeyringOptions) {
  let keys = new Map<string, AccessKey>()
  let version: string | undefined
  let checkedAt = Number.NEGATIVE_INFINITY
  const used = new Set<string>()

  function refresh(): void {
    const time = now()
    // A clock that was set back must not stop the checks.
    const age = Math.abs(time - checkedAt)
    if (age < CHECK_INTERVAL_MS) return
    try {
      const current = store.version()
      if (current !== version) keys = new Map(store.list().map(({ hash, ...key }) => [hash, key]))
      version = current
      checkedAt = time
    } catch (cause) {
      // Commands lock the file for a moment. A revoked key must not be accepted for longer.
      if (age >= MAX_STALE_MS) throw new ChatError('DATABASE_UNAVAILABLE', { cause })
    }
  }

  function noteUse(key: AccessKey): void {
    if (used.has(key.id)) return
    try {
      if (store.markUsed(key.id, now())) onFirstUse(key)
      used.add(key.id)
    } catch {
      // The file is locked: the next use is noted.
    }
  }

  /** @throws {ChatError} DATABASE_UNAVAILABLE if the keys cannot be read. */
  return function authenticate(credential: string): Caller | Rejection {
    if (isSame(credential, machineToken)) return MACHINE
    if (!isKeyText(credential)) return 'unknown'
    refresh()
    const key = keys.get(hash(credential))
    if (key === undefined) return 'unknown'
    if (!isValid(key, now())) return key.revokedAt === null ? 'expired' : 'revoked'
    noteUse(key)
    const { id: keyId, role, application, ratePerMinute } = key
    return { keyId, role, application, ...(ratePerMinute !== null && { ratePerMinute }) }
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
