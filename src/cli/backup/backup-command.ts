import type { Command } from 'commander'
import type { AuditCommandDeps } from '../audit.ts'

/** Adds `pellucid backup` and `pellucid restore`. `finish` gets the exit code. */
export function addBackupCommands(program: Command, auditDeps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  program
    .command('backup')
    .description('copy the database to a file and check the copy; the server may be running')
    .argument('<file>', 'file to write')
    .option('--overwrite', 'replace the file if it exists', false)
    .action(async (file: string, options: { overwrite: boolean }) => {
      const { runBackup } = await import('./backup.ts')
      finish(await runBackup(file, options, auditDeps()))
    })
  program
    .command('restore')
    .description('check a backup and replace the database by it; the server must be stopped')
    .argument('<file>', 'file that pellucid backup has written')
    .action(async (file: string) => {
      const { runRestore } = await import('./backup.ts')
      finish(await runRestore(file, auditDeps()))
    })
}
