import type { Command } from 'commander'
import { loadConfig } from '../../config.ts'
import type { AuditCommandDeps } from '../audit.ts'
import type { PruneOptions } from './prune.ts'

interface UserOptions {
  readonly user: string
  readonly json: boolean
}

/** Adds `pellucid privacy`. `finish` gets the exit code of the subcommand. */
export function addPrivacyCommands(
  program: Command,
  auditDeps: () => AuditCommandDeps,
  finish: (exitCode: number) => void,
): void {
  const privacy = program.command('privacy').description('export or erase what is stored about a user; the server may be running')
  privacy
    .command('export')
    .description('print everything stored about a user as JSON: sessions, turns, feedback, idempotency records and log lines')
    .requiredOption('--user <id>', 'the id that your application sends as user_id')
    .option('--json', 'print one line', false)
    .action(async ({ user, ...options }: UserOptions) => {
      const [{ withPrivacyDeps }, { runPrivacyExport }] = await Promise.all([import('./privacy-deps.ts'), import('./export.ts')])
      finish(await withPrivacyDeps({ ...auditDeps(), config: loadConfig() }, deps => runPrivacyExport(user, options, deps)))
    })
  privacy
    .command('prune')
    .summary('erase and delete old turns, as the server does every hour')
    .description('Erase the text of turns older than TURN_RETENTION_DAYS, and delete turns older than FACT_RETENTION_DAYS.')
    .option('--dry-run', 'print what would be done, and change nothing', false)
    .option('--yes', 'do what is due, also if the clock may have jumped since the last run', false)
    .action(async (options: PruneOptions) => {
      const [{ withPrivacyDeps }, { runPrivacyPrune }] = await Promise.all([import('./privacy-deps.ts'), import('./prune.ts')])
      const config = loadConfig()
      finish(await withPrivacyDeps({ ...auditDeps(), config }, deps => runPrivacyPrune(options, config, deps)))
    })
  privacy
    .command('erase')
    .description(
      "erase a user's messages, replies, sessions and feedback from the database and from all log files, and print a receipt",
    )
    .requiredOption('--user <id>', 'the id that your application sends as user_id')
    .option('--json', 'print one line of JSON', false)
    .action(async ({ user, ...options }: UserOptions) => {
      const [{ withPrivacyDeps }, { runPrivacyErase }] = await Promise.all([import('./privacy-deps.ts'), import('./erase.ts')])
      finish(await withPrivacyDeps({ ...auditDeps(), config: loadConfig() }, deps => runPrivacyErase(user, options, deps)))
    })
}
