import type { Sql } from '../sql.ts'

/**
 * Removes the embedded manual once there are documents of the operator. Runs after each put: a
 * first start, which adds the manual, and an ingest may run at the same time.
 */
export function removeManual(sql: Sql, removeDocument: (id: string) => void): void {
  const operators = sql.get`SELECT 1 FROM documents WHERE owner = 'operator' LIMIT 1`
  if (operators === undefined) return
  for (const { id } of sql.all<{ id: string }>`SELECT id FROM documents WHERE owner = 'project'`) removeDocument(id)
}
