import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { refuseForeignTrail } from '../../audit/audit-identity.ts'
import { type CopiedDatabase, copyDatabase } from '../../database/files/copy-database.ts'
import { restoreDatabase } from '../../database/files/restore-database.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { auditCommand } from '../command-record.ts'

const MIB = 1024 * 1024

/** Runs `pellucid backup`. Resolves to the exit code: 1 if the file exists. */
export async function runBackup(
  file: string,
  { overwrite }: { readonly overwrite: boolean },
  deps: AuditCommandDeps,
): Promise<number> {
  const { config, stdout, stderr } = deps
  refuseForeignTrail(config)
  if (!overwrite && existsSync(file)) {
    stderr.write(`"${file}" exists. Use another name, or --overwrite.\n`)
    return 1
  }
  const startedAt = deps.now()
  const copied = await copyDatabase(join(config.dataDir, 'pellucid.sqlite'), file)
  auditCommand('database_backed_up', toFacts(copied), deps)
  stdout.write(`Backed up and checked ${describe(copied)} in ${deps.now() - startedAt} ms: ${file}\n`)
  return 0
}

/** Runs `pellucid restore`. Resolves to the exit code. */
export async function runRestore(file: string, deps: AuditCommandDeps): Promise<number> {
  const { config, stdout } = deps
  refuseForeignTrail(config)
  const keepIn = `before-restore-${new Date(deps.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  const copied = await restoreDatabase(file, config.dataDir, keepIn)
  auditCommand('database_restored', toFacts(copied), deps)
  const kept = join(config.dataDir, keepIn)
  stdout.write(`Checked and restored ${describe(copied)}: ${file}\n`)
  if (existsSync(kept)) stdout.write(`The files from before are in ${kept}. Delete them when you no longer need them.\n`)
  return 0
}

function describe({ bytes, schemaVersion }: CopiedDatabase): string {
  return `${(bytes / MIB).toFixed(1)} MiB (schema version ${schemaVersion})`
}

function toFacts({ bytes, schemaVersion }: CopiedDatabase) {
  return { bytes, schema_version: schemaVersion }
}
