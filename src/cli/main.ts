import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { findConfigFile } from '../base/config-file.ts'
import { readVersion } from '../base/version.ts'
import { loadConfig } from '../config.ts'
import { ChatError } from '../errors.ts'
import { addAlertsCommand } from './alerts/alerts-command.ts'
import { addAnalyseCommand } from './analyse/analyse-command.ts'
import { addAskCommand } from './ask/ask-command.ts'
import type { AuditCommandDeps, ShowOptions } from './audit.ts'
import { addBackupCommands } from './backup/backup-command.ts'
import { endOnClosedPipe } from './closed-pipe.ts'
import { addConfigCommand } from './config/config-command.ts'
import { addDocumentsCommand } from './documents-command.ts'
import type { EvaluateOptions } from './evaluate/evaluate.ts'
import { addFeedbackCommand } from './feedback/feedback-command.ts'
import type { IngestCommandOptions } from './ingest.ts'
import { addKeysCommand } from './keys/keys-command.ts'
import { addLogsCommands } from './log/logs-command.ts'
import { addMonitoringCommand } from './monitoring/monitoring-command.ts'
import { addPrivacyCommands } from './privacy/privacy-command.ts'
import { addReportCommand } from './report/report-command.ts'
import { addWatchCommand } from './watch/watch-command.ts'

/**
 * Runs the `pellucid` command and resolves to its exit code. Subcommands load their modules when
 * called, which keeps `--help` fast.
 */
export async function main(argv: readonly string[]): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  let exitCode = 0
  let current = ''
  endOnClosedPipe(() => current)
  const program = new Command('pellucid')
    .description('A chatbot API that its operators can see through.')
    .version(readVersion())
    .showHelpAfterError()
    .hook('preAction', (_program, command) => {
      current = command.name()
    })

  program
    .command('serve')
    .description('start the server with the settings in the environment and in .env')
    .action(async () => {
      // The SDK must be loaded before the modules that it instruments.
      await import('../../otel/register.ts')
      await import('../server.ts')
    })

  program
    .command('ingest')
    .description('add documents to the database; the server may be running')
    .argument('<paths...>', 'files, folders or globs: Markdown, HTML, reStructuredText, PDF, Word, plain text, JSON Lines')
    .option('--prune', 'remove documents that were ingested from these paths and no longer exist', false)
    .option('--dry-run', 'print what would be done, and change nothing', false)
    .option('--base-url <url>', 'web address of the folder, to locate its documents by web addresses', readWebAddress)
    .option('--include-root <folder...>', 'folders besides those given that documents may include files of')
    .action(async (paths: string[], options: IngestCommandOptions) => {
      const { ingestFiles } = await import('./ingest-command.ts')
      exitCode = await ingestFiles(paths, options, auditDeps())
    })

  addDocumentsCommand(program, auditDeps, code => {
    exitCode = code
  })

  addBackupCommands(program, auditDeps, code => {
    exitCode = code
  })

  addKeysCommand(program, auditDeps, code => {
    exitCode = code
  })

  addAskCommand(program, code => {
    exitCode = code
  })

  program
    .command('evaluate')
    .description('measure search and answers on questions with known answers')
    .argument('<folders...>', 'judged collections (with qrels.tsv) and answer sets (with questions.jsonl and docs/)')
    .option('--run <file>', 'write the top 100 documents of each question as tab-separated question, document and score')
    .option('--compare <file>', 'compare with the --run file of an earlier run')
    .option('--misses', 'print each question that was not answered as it should be', false)
    .option('--json', 'print JSON', false)
    .action(async (folders: string[], options: EvaluateOptions) => {
      const { runEvaluate } = await import('./evaluate/evaluate.ts')
      const { stdout, stderr } = process
      const { listPrivatePaths } = await import('./private-paths.ts')
      const config = loadConfig()
      const { answerThreshold: threshold, answerLength, configDir } = config
      const textsFile = findConfigFile(configDir, 'texts.yaml', config.textsFile)
      const privatePaths = listPrivatePaths(config)
      const service = { threshold, answerLength, textsFile, privatePaths, clock: () => performance.now() }
      exitCode = await runEvaluate(folders, options, { ...service, stdout, stderr, cwd: process.cwd() })
    })

  addFeedbackCommand(program, auditDeps, code => {
    exitCode = code
  })

  addLogsCommands(program, auditDeps, code => {
    exitCode = code
  })

  addAnalyseCommand(program, auditDeps, code => {
    exitCode = code
  })

  addPrivacyCommands(program, auditDeps, code => {
    exitCode = code
  })

  addAlertsCommand(program, auditDeps, code => {
    exitCode = code
  })

  addConfigCommand(program, auditDeps, code => {
    exitCode = code
  })

  addMonitoringCommand(program, auditDeps, code => {
    exitCode = code
  })

  addReportCommand(program, auditDeps, code => {
    exitCode = code
  })

  addWatchCommand(program, auditDeps, code => {
    exitCode = code
  })

  const audit = program.command('audit').description('verify and read the audit trail; the server may be running')
  audit
    .command('verify')
    .description(
      'check that no record was changed, deleted, moved, added or cut off; otherwise print the first one and exit with 1',
    )
    .option('--json', 'print JSON', false)
    .action(async (options: { json: boolean }) => {
      const { runAuditVerify } = await import('./audit.ts')
      exitCode = await runAuditVerify(options, auditDeps())
    })
  audit
    .command('show')
    .description('print the records, oldest first')
    .option('--since <time>', 'only records at or after this time (ISO 8601)', readTime)
    .option('--until <time>', 'only records at or before this time (ISO 8601)', readTime)
    .option('--event <name>', 'only records of this event')
    .option('--json', 'print the records as stored, in JSON', false)
    .action(async (options: ShowOptions) => {
      const { runAuditShow } = await import('./audit.ts')
      exitCode = await runAuditShow(options, auditDeps())
    })

  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    process.stderr.write(`${error.code}: ${error.message}\n`)
    return 1
  }
  return exitCode
}

function auditDeps() {
  const deps = { config: loadConfig(), stdout: process.stdout, stderr: process.stderr, now: Date.now, uid: process.getuid?.() }
  return deps satisfies AuditCommandDeps
}

function readWebAddress(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new InvalidArgumentError('Use an address such as https://docs.example.com/guide.')
  return text
}

function readTime(text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('Use a time such as 2026-01-15T10:30:00Z or a day such as 2026-01-15.')
  return time
}
