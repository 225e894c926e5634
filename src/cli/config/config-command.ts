import type { Command } from 'commander'
import type { AuditCommandDeps } from '../audit.ts'

/** Adds `pellucid config`. `finish` gets the exit code. */
export function addConfigCommand(program: Command, deps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  program
    .command('config')
    .description('check what the server is configured with')
    .command('check')
    .description('check the settings and each file in CONFIG_DIR; print each problem with its line, and exit with 1')
    .action(async () => {
      const { runConfigCheck } = await import('./config-check.ts')
      finish(runConfigCheck(deps()))
    })
}
