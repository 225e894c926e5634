import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openKeyStore } from '../../src/access/key-store.ts'
import { createKeyHash, createKeys, type KeyRequest } from '../../src/access/keys.ts'
import type { Role } from '../../src/access/roles.ts'
import { loadSecret } from '../../src/access/secret-file.ts'
import type { AppWorld } from './app-world.ts'

/** Opens the keys of an application, as the command does. */
export function openKeys(t: { teardown(fn: () => unknown): void }, { dataDir }: Pick<AppWorld, 'dataDir'>, now = Date.now) {
  const store = openKeyStore(dataDir, { isServer: false })
  t.teardown(() => store.close())
  const keys = createKeys({ store, hash: createKeyHash(loadSecret(join(dataDir, 'access.key'))), now, randomBytes })
  return {
    ...keys,
    create: (role: Role, more: Partial<KeyRequest> = {}) => keys.create({ role, name: role, ...more }, () => undefined),
  }
}

/** Headers of a caller with this key. */
export const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
