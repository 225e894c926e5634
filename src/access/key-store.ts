import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../base/transaction.ts'
import { ChatError } from '../errors.ts'
import type { Role } from './roles.ts'

/** A key without its text. Times are milliseconds since 1970. */
export interface AccessKey {
  /** Public: names the key in lists, logs and the audit trail. */
  readonly id: string
  /** The id of the first key of an application. A key that replaces another belongs to the same. */
  readonly application: string
  readonly name: string
  readonly role: Role
  readonly createdAt: number
  /** When the key stops being valid; null: never. */
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  /** Requests a minute; null: RATE_LIMIT_PER_MINUTE. */
  readonly ratePerMinute: number | null
}

/** A key as stored: with the keyed hash of its text. */
export interface StoredKey extends AccessKey {
  readonly hash: string
}

/** The keys in `access.sqlite`. Commands write it while a server reads it. */
export interface KeyStore {
  /** All keys, the oldest first. */
  list(): readonly StoredKey[]
  /** @throws {ChatError} KEY_UNUSABLE if there are 10,000 keys that are not revoked. */
  add(key: StoredKey): void
  /** Sets when a key stops being valid, or that it is revoked. */
  end(id: string, ending: Partial<Pick<AccessKey, 'expiresAt' | 'revokedAt'>>): void
  /**
   * A text that changes with each change by another process, also if the file is replaced.
   * @throws if the file is missing.
   */
  version(): string
  /** Marks a key as used. Returns whether this is its first use. @throws if the file is locked. */
  markUsed(id: string, now: number): boolean
  /** Runs changes in one transaction, which excludes those of other processes. */
  exclusively<Result>(fn: () => Result): Result
  close(): void
}

const MAX_KEYS = 10_000
/** Others hold the lock for about a millisecond. */
const LOCK_TIMEOUT_MS = 2000
const SERVER_LOCK_TIMEOUT_MS = 20

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS keys (
    id          TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL,
    hash        TEXT NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    revoked_at  INTEGER,
    rate        INTEGER,
    used_at     INTEGER -- the first use
  ) STRICT`

/** The file of the keys in a data directory. */
export function keyStorePath(dataDir: string): string {
  return join(dataDir, 'access.sqlite')
}

/**
 * Opens the keys of a data directory. Creates the file, mode 0600, if it is missing.
 * @param isServer Once the file is open, each call waits at most 20 ms for a lock: others hold it
 * for about one.
 */
export function openKeyStore(dataDir: string, { isServer }: { readonly isServer: boolean }): KeyStore {
  const path = keyStorePath(dataDir)
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  let { stamp, db } = openFile(path, LOCK_TIMEOUT_MS)
  const waitMs = isServer ? SERVER_LOCK_TIMEOUT_MS : LOCK_TIMEOUT_MS
  db.exec(`PRAGMA busy_timeout = ${waitMs}`)

  return {
    list: () => db.prepare('SELECT * FROM keys ORDER BY created_at, rowid').all().map(toKey),
    add({ id, application, name, role, hash, createdAt, expiresAt, ratePerMinute }) {
      if (Number(db.prepare('SELECT count(*) AS keys FROM keys WHERE revoked_at IS NULL').get()?.keys) >= MAX_KEYS)
        throw new ChatError('KEY_UNUSABLE', { message: `There are ${MAX_KEYS} keys already: revoke those that are not needed` })
      db.prepare(
        'INSERT INTO keys (id, application, name, role, hash, created_at, expires_at, rate) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ).run(id, application, name, role, hash, createdAt, expiresAt, ratePerMinute)
    },
    end(id, { expiresAt = null, revokedAt = null }) {
      db.prepare('UPDATE keys SET expires_at = coalesce(?, expires_at), revoked_at = coalesce(revoked_at, ?) WHERE id = ?').run(
        expiresAt,
        revokedAt,
        id,
      )
    },
    version() {
      // A deleted or replaced file stays readable, and SQLite sees no change if one with the same
      // change counter is copied over it: revoked keys would stay valid.
      if (stampOf(path) !== stamp) {
        const replacement = openFile(path, waitMs)
        db.close()
        ;({ stamp, db } = replacement)
      }
      return `${stamp} ${db.prepare('PRAGMA data_version').get()?.data_version}`
    },
    markUsed: (id, now) => db.prepare('UPDATE keys SET used_at = ? WHERE id = ? AND used_at IS NULL').run(now, id).changes === 1,
    exclusively: fn => inTransaction(db, fn),
    close: () => db.close(),
  }
}

function openFile(path: string, timeout: number) {
  const stamp = stampOf(path)
  const db = new DatabaseSync(path, { timeout })
  try {
    // A write-ahead log would be applied to a file that replaces this one, and bring keys back.
    db.exec(`PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; ${SCHEMA}`)
    return { stamp, db }
  } catch (error) {
    // Each request tries again.
    db.close()
    throw error
  }
}

/** Changes with each write, also if another file is copied over this one. */
function stampOf(path: string): string {
  const { ino, mtimeNs, size } = statSync(path, { bigint: true })
  return `${ino} ${mtimeNs} ${size}`
}

function toKey(row: Record<string, unknown>): StoredKey {
  return {
    id: String(row.id),
    application: String(row.application),
    name: String(row.name),
    role: row.role as Role,
    hash: String(row.hash),
    createdAt: Number(row.created_at),
    expiresAt: row.expires_at as number | null,
    revokedAt: row.revoked_at as number | null,
    ratePerMinute: row.rate as number | null,
  }
}
