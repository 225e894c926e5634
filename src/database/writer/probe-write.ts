import type { Sql } from '../sql.ts'

/**
 * A write that changes the file and nothing in it: an empty transaction succeeds on a full disk
 * too.
 */
export const PROBE_WRITE = {
  probe(sql: Sql): void {
    sql.run`INSERT INTO idempotency_keys (key, fingerprint, turn_id, expires_at) VALUES ('probe', '', '', 0)`
    sql.run`DELETE FROM idempotency_keys WHERE key = 'probe'`
  },
}
