import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { refuseForeignTrail } from '../../audit/audit-identity.ts'
import { type CopiedDatabase, copyDatabase } from '../../database/files/copy-database.ts'
import { restoreDatabase } from '../../database/files/restore-database.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { auditCommand } from '../command-record.ts'

const MIB = 1024 * 1024

/** Runs `pellucid backup`. Resolves to the exit code: 1 if the file exists or is in DATA_DIR. */
export async function runBackup(
  file: string,
  { overwrite }: { readonly overwrite: boolean },
  deps: AuditCommandDeps,
): Promise<number> {
  const { config, stdout, stderr } = deps
  const source = join(config.dataDir, 'pellucid.sqlite')
  refuseForeignTrail(config)
  if (isInside(file, config.dataDir) || isSameFile(file, source)) {
    stderr.write(`"${file}" is in DATA_DIR. Use another folder, best on another disk.\n`)
    return 1
  }
  // A folder is refused by the copy.
  if (!overwrite && existsSync(file) && !statSync(file).isDirectory()) {
    stderr.write(`"${file}" exists. Use another name, or --overwrite.\n`)
    return 1
  }
  const startedAt = deps.now()
  const copied = await copyDatabase(source, file)
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

/** Whether a path, or what it links to, is in a folder. A missing file may be: it will be there. */
function isInside(path: string, folder: string): boolean {
  const root = `${realPath(folder)}${sep}`
  return [realPath(path), join(realPath(dirname(path)), basename(path))].some(real => real.startsWith(root))
}

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map(path => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}

/** A path without links; the path itself if nothing is there, which the copy then reports. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}

function describe({ bytes, schemaVersion }: CopiedDatabase): string {
  return `${(bytes / MIB).toFixed(1)} MiB (schema version ${schemaVersion})`
}

function toFacts({ bytes, schemaVersion }: CopiedDatabase) {
  return { bytes, schema_version: schemaVersion }
}
