import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type AccessKey, type KeyStore, openKeyStore } from '../../access/key-store.ts'
import { createKeyHash, createKeys, isValid, type NewKey } from '../../access/keys.ts'
import { loadSecret } from '../../access/secret-file.ts'
import { makeDataDirectory } from '../../database/data-directory.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { appendCommand, auditCommand } from '../command-record.ts'
import type { CreateOptions } from './keys-command.ts'

/** Runs `pellucid keys create`. */
export function runKeysCreate({ json, role, name, expires, rate }: CreateOptions, deps: AuditCommandDeps): number {
  return withKeys(deps, keys => {
    const made = keys.create({ role, name, lifetimeMs: expires, ratePerMinute: rate }, ({ key }) =>
      appendCommand('key_created', describe(key), deps),
    )
    printNewKey(made, json, deps)
  })
}

/** Runs `pellucid keys rotate`. */
export function runKeysRotate(id: string, options: { overlap: number; json: boolean }, deps: AuditCommandDeps): number {
  return withKeys(deps, keys => {
    const made = keys.rotate(id, options.overlap, ({ key }) =>
      appendCommand('key_rotated', { ...describe(key), replaces: id }, deps),
    )
    printNewKey(made, options.json, deps)
  })
}

/** Runs `pellucid keys revoke`. */
export function runKeysRevoke(id: string, { json }: { readonly json: boolean }, deps: AuditCommandDeps): number {
  return withKeys(deps, keys => {
    const { name, role } = keys.revoke(id)
    auditCommand('key_revoked', { key_id: id, name, role }, deps)
    deps.stdout.write(json ? `${JSON.stringify({ id })}\n` : `${id} is revoked\n`)
  })
}

/** Runs `pellucid keys list`. */
export function runKeysList({ json }: { readonly json: boolean }, deps: AuditCommandDeps): number {
  return withKeys(deps, (_, store) => {
    const keys = store.list()
    if (keys.length === 0 && !json) deps.stdout.write('There are no keys. pellucid keys create makes one.\n')
    for (const { hash: _hash, ...key } of keys) deps.stdout.write(`${json ? toJson(key, deps.now()) : toLine(key, deps.now())}\n`)
  })
}

function withKeys(
  { config, now }: AuditCommandDeps,
  run: (keys: ReturnType<typeof createKeys>, store: KeyStore) => void,
): number {
  makeDataDirectory(config.dataDir)
  const store = openKeyStore(config.dataDir, { isServer: false })
  try {
    const hash = createKeyHash(loadSecret(join(config.dataDir, 'access.key')))
    run(createKeys({ store, hash, now, randomBytes }), store)
    return 0
  } finally {
    store.close()
  }
}

function printNewKey({ key, text }: NewKey, json: boolean, { stdout, stderr }: AuditCommandDeps): void {
  if (json) {
    stdout.write(`${JSON.stringify({ id: key.id, key: text })}\n`)
    return
  }
  stderr.write(`Key ${key.id} (${key.role}, ${key.name}), ${describeEnd(key)}. It is shown only now:\n`)
  stdout.write(`${text}\n`)
}

function describe({ id, application, name, role, expiresAt }: AccessKey) {
  return { key_id: id, application, name, role, expires: toTime(expiresAt) }
}

function describeEnd({ expiresAt }: AccessKey): string {
  return expiresAt === null ? 'valid until it is revoked' : `valid until ${toTime(expiresAt)}`
}

function stateOf(key: AccessKey, now: number): string {
  if (isValid(key, now)) return 'valid'
  return key.revokedAt === null ? 'expired' : 'revoked'
}

function toLine(key: AccessKey, now: number): string {
  const end = stateOf(key, now) === 'valid' ? describeEnd(key) : stateOf(key, now)
  return [key.id, key.role.padEnd(8), key.name, end].join('  ')
}

function toJson(key: AccessKey, now: number): string {
  const { id, application, name, role, createdAt, expiresAt, revokedAt, ratePerMinute } = key
  const times = { created_at: toTime(createdAt), expires_at: toTime(expiresAt), revoked_at: toTime(revokedAt) }
  return JSON.stringify({ id, application, name, role, state: stateOf(key, now), ...times, rate: ratePerMinute })
}

function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
