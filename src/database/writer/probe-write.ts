import type { Sql } from '../sql.ts'

/**
 * Writes as much as a turn with a long answer. The content is new each time: SQLite does not write
 * a page that does not change, and an empty transaction succeeds on a full disk too.
 */
export const PROBE_WRITE = {
  probe(sql: Sql): void {
    sql.run`UPDATE storage_probe SET content = randomblob(length(content))`
  },
}
