import { createHmac } from 'node:crypto'
import { ChatError } from '../errors.ts'
import type { AccessKey, KeyStore } from './key-store.ts'
import { makeKeyText } from './key-text.ts'
import type { Role } from './roles.ts'

/** What a new key is for. */
export interface KeyRequest {
  readonly role: Role
  readonly name: string
  /** Undefined: the key does not expire. */
  readonly lifetimeMs?: number
  readonly ratePerMinute?: number
}

/** A key and its text, which is not stored. */
export interface NewKey {
  readonly key: AccessKey
  readonly text: string
}

export interface KeysOptions {
  readonly store: KeyStore
  readonly hash: (text: string) => string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Cryptographically secure. */
  readonly randomBytes: (count: number) => Uint8Array
}

const ID_BYTES = 6

/**
 * Creates the hash under which keys are stored: HMAC-SHA-256 with a secret of the server. A slow
 * hash such as scrypt protects what can be guessed; a key has 256 random bits. With the secret, a
 * copy of the stored keys alone does not even show whether a leaked key is one of them.
 */
export function createKeyHash(secret: string): (text: string) => string {
  return text => createHmac('sha256', secret).update(text).digest('base64url')
}

/** Whether a key may be used at this time. */
export function isValid({ expiresAt, revokedAt }: AccessKey, now: number): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt)
}

/** Creates, revokes and replaces keys. Servers follow within half a second. */
export function createKeys({ store, hash, now, randomBytes }: KeysOptions) {
  function make({ role, name, lifetimeMs, ratePerMinute }: KeyRequest, application?: string): NewKey {
    const id = `k_${Buffer.from(randomBytes(ID_BYTES)).toString('hex')}`
    const text = makeKeyText(randomBytes)
    const createdAt = now()
    const key: AccessKey = {
      id,
      application: application ?? id,
      name,
      role,
      createdAt,
      expiresAt: lifetimeMs === undefined ? null : createdAt + lifetimeMs,
      revokedAt: null,
      ratePerMinute: ratePerMinute ?? null,
    }
    store.add({ ...key, hash: hash(text) })
    return { key, text }
  }

  function find(id: string): AccessKey {
    const key = store.list().find(key => key.id === id)
    if (key === undefined)
      throw new ChatError('KEY_NOT_FOUND', { message: `No key has the id ${id}. pellucid keys list shows them` })
    return key
  }

  return {
    /** @param onMade Called before the key is valid. If it throws, there is no key. */
    create: (request: KeyRequest, onMade: (made: NewKey) => void) =>
      store.exclusively(() => {
        const made = make(request)
        onMade(made)
        return made
      }),

    /** @throws {ChatError} KEY_NOT_FOUND */
    revoke: (id: string): AccessKey =>
      store.exclusively(() => {
        const key = find(id)
        store.end(id, { revokedAt: now() })
        return key
      }),

    /**
     * Creates a key that replaces another: same application, name, role, rate and lifetime. The old
     * one stays valid for `overlapMs`, and at most two of an application are valid at once.
     * @throws {ChatError} KEY_NOT_FOUND; KEY_UNUSABLE if it is not valid, or already replaced.
     */
    rotate: (id: string, overlapMs: number, onMade: (made: NewKey) => void): NewKey =>
      store.exclusively(() => {
        const old = find(id)
        if (!isValid(old, now()))
          throw new ChatError('KEY_UNUSABLE', { message: `${id} has expired or is revoked: create a new key` })
        const others = store.list().filter(key => key.application === old.application && key.id !== id && isValid(key, now()))
        const [other] = others
        if (other !== undefined)
          throw new ChatError('KEY_UNUSABLE', { message: `${id} is being rotated: revoke ${other.id} or ${id} first` })
        const { role, name, ratePerMinute, createdAt, expiresAt } = old
        const end = now() + overlapMs
        if (expiresAt === null || end < expiresAt) store.end(id, { expiresAt: end })
        const lifetimeMs = expiresAt === null ? undefined : expiresAt - createdAt
        const made = make({ role, name, lifetimeMs, ratePerMinute: ratePerMinute ?? undefined }, old.application)
        onMade(made)
        return made
      }),
  }
}
