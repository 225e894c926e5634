import { ChatError } from '../errors.ts'
import type { Caller, Rejection } from './keyring.ts'
import { type Access, mayUse } from './roles.ts'

/** Admits callers to routes. */
export interface Gate {
  /**
   * Returns who the caller is.
   * @param authorization The header `Authorization`.
   * @param access Who may use the route; a caller of another role is refused.
   * @throws {ChatError} UNAUTHENTICATED without a valid credential; ACCESS_DENIED for its role;
   * DATABASE_UNAVAILABLE if the keys cannot be read.
   */
  admit(authorization: string | undefined, access: Access): Caller
}

/** A caller without a credential. */
export const ANONYMOUS: Caller = {}
const CREDENTIAL = /^Bearer +(\S+) *$/i

/** Creates a gate over a function that finds out whose credential a text is. */
export function createGate(authenticate: (credential: string) => Caller | Rejection): Gate {
  function identify(authorization: string | undefined): Caller | Rejection | 'missing' {
    if (authorization === undefined) return 'missing'
    const [, credential] = CREDENTIAL.exec(authorization) ?? []
    return credential === undefined ? 'unknown' : authenticate(credential)
  }

  return {
    admit(authorization, access) {
      const caller = identify(authorization)
      if (typeof caller === 'string') {
        if (access === 'everyone') return ANONYMOUS
        throw new ChatError('UNAUTHENTICATED', { facts: { reason: caller } })
      }
      if (mayUse(caller.role, access)) return caller
      throw new ChatError('ACCESS_DENIED', { facts: { role: caller.role, key_id: caller.keyId } })
    },
  }
}
