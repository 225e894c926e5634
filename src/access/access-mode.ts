import { isLoopbackHost } from '../base/loopback.ts'
import type { Config } from '../config.ts'
import { ChatError } from '../errors.ts'
import { openKeyStore } from './key-store.ts'
import { isValid } from './keys.ts'

type Settings = Pick<Config, 'access' | 'dataDir' | 'host'>

/** Whether everyone who reaches the server may use it: by default on a loopback address only. */
export function isAccessOff({ access, host }: Pick<Settings, 'access' | 'host'>): boolean {
  return (access ?? (isLoopbackHost(host) ? 'off' : 'keys')) === 'off'
}

/**
 * Refuses a start without a key that callers could use, unless the operator decided on access.
 * @throws {ChatError} CONFIGURATION_INVALID if the server listens beyond loopback, ACCESS is not
 * set, and there is no valid key.
 */
export function requireKeyOrDecision({ access, host, dataDir }: Settings, now: number): void {
  if (access !== undefined || isAccessOff({ access, host })) return
  const store = openKeyStore(dataDir, { isServer: true })
  try {
    if (store.list().some(key => isValid(key, now))) return
  } finally {
    store.close()
  }
  const message =
    'HOST: everyone who reaches this address could use the server. Create a key with pellucid keys create, or set ACCESS=off'
  throw new ChatError('CONFIGURATION_INVALID', { message })
}
