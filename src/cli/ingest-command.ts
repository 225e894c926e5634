import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuseForeignTrail } from '../audit/audit-identity.ts'
import { loadConfig } from '../config.ts'
import { findServer, makeDataDirectory } from '../database/data-directory.ts'
import { openDatabase } from '../database/database-manager.ts'
import { createDocumentStore } from '../database/document-store.ts'
import type { AuditCommandDeps } from './audit.ts'
import { auditCommand } from './command-record.ts'
import { type IngestCommandOptions, runIngest } from './ingest.ts'
import { listPrivatePaths } from './private-paths.ts'

/** Runs `pellucid ingest` on the database in DATA_DIR. Resolves to the exit code. */
export async function ingestFiles(
  paths: readonly string[],
  options: IngestCommandOptions,
  auditDeps: AuditCommandDeps,
): Promise<number> {
  const config = loadConfig()
  refuseForeignTrail(config)
  const { dataDir } = config
  const path = join(dataDir, 'pellucid.sqlite')
  // A dry run creates nothing in DATA_DIR.
  const scratch = options.dryRun && !existsSync(path) ? mkdtempSync(join(tmpdir(), 'pellucid-')) : undefined
  if (scratch === undefined) makeDataDirectory(dataDir)
  const opened = scratch === undefined ? path : join(scratch, 'pellucid.sqlite')
  const database = openDatabase({ path: opened, now: () => performance.now() })
  try {
    return await runIngest(paths, options, {
      store: createDocumentStore(database),
      stdout: process.stdout,
      stderr: process.stderr,
      now: Date.now,
      cwd: process.cwd(),
      privatePaths: listPrivatePaths(config),
      database: `${path} (${describeServer(dataDir)})`,
      onReport: ({ added, replaced, unchanged, removed, failed }) =>
        auditCommand(
          'documents_ingested',
          { added, replaced, unchanged, removed, failed: failed.length, prune: options.prune },
          auditDeps,
        ),
    })
  } finally {
    await database.close()
    if (scratch !== undefined) rmSync(scratch, { recursive: true })
  }
}

function describeServer(dataDir: string): string {
  const server = findServer(dataDir)
  if (server === undefined) return 'no server is running on it'
  return `the server ${server.address ?? `of process ${server.pid}`} answers from it within a second`
}
