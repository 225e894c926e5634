import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { loadConfig } from '../config.ts'
import type { AuditCommandDeps } from './audit.ts'
import type { DocumentsDeps } from './documents.ts'

/** Adds `pellucid documents`. `finish` gets the exit code of the subcommand. */
export function addDocumentsCommand(
  program: Command,
  auditDeps: () => AuditCommandDeps,
  finish: (exitCode: number) => void,
): void {
  const documents = program.command('documents').description('list, show and remove documents; the server may be running')
  documents
    .command('list')
    .description('print the id, passages and title of each document')
    .option('--json', 'print JSON lines', false)
    .action(async (options: { json: boolean }) => {
      const { runDocumentsList } = await import('./documents.ts')
      finish(await withDocuments(auditDeps, deps => runDocumentsList(options, deps)))
    })
  documents
    .command('show')
    .description('print a document as it was read')
    .argument('<id>', 'id of the document')
    .action(async (id: string) => {
      const { runDocumentsShow } = await import('./documents.ts')
      finish(await withDocuments(auditDeps, deps => runDocumentsShow(id, deps)))
    })
  documents
    .command('remove')
    .description('remove documents')
    .argument('<ids...>', 'ids of the documents')
    .action(async (ids: string[]) => {
      const { runDocumentsRemove } = await import('./documents.ts')
      finish(await withDocuments(auditDeps, deps => runDocumentsRemove(ids, deps)))
    })
}

async function withDocuments(auditDeps: () => AuditCommandDeps, run: (deps: DocumentsDeps) => Promise<number>): Promise<number> {
  const [{ openDatabase }, { createDocumentStore }, { auditCommand }, { refuseForeignTrail }] = await Promise.all([
    import('../database/database-manager.ts'),
    import('../database/document-store.ts'),
    import('./command-record.ts'),
    import('../audit/audit-identity.ts'),
  ])
  const config = loadConfig()
  refuseForeignTrail(config)
  const path = join(config.dataDir, 'pellucid.sqlite')
  if (!existsSync(path)) {
    process.stderr.write(`DATA_DIR has no database: ${path} does not exist. Add documents with: pellucid ingest FOLDER\n`)
    return 1
  }
  const database = openDatabase({ path, now: () => performance.now() })
  try {
    return await run({
      store: createDocumentStore(database),
      stdout: process.stdout,
      stderr: process.stderr,
      onRemoved: id => auditCommand('document_removed', { document_id: id }, auditDeps()),
    })
  } finally {
    await database.close()
  }
}
