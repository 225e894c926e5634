import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { loadConfig } from '../../config.ts'
import type { AuditCommandDeps } from '../audit.ts'
import type { LogsDeps, LogsOptions } from './logs.ts'
import { addLogsOptions } from './logs-options.ts'

interface PruneOptions {
  readonly dryRun: boolean
  readonly yes: boolean
}

/** Adds `pellucid logs` and `pellucid logs prune`. `finish` gets the exit code. */
export function addLogsCommands(program: Command, auditDeps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  const logs = addLogsOptions(program.command('logs'), Date.now)
    .description('read the log, including rotated and compressed files; the server may be running')
    .action(async (options: LogsOptions) => {
      finish(await readLogs(options, auditDeps()))
    })
  logs
    .command('prune')
    .summary('compress and delete old log files, as the server does every hour')
    .description(
      'Compress and delete old log files, as the server does every hour. The command applies the retention policy that the server recorded in LOG_DIR; a setting in the environment that differs is ignored with a warning. If no policy is recorded, every LOG_RETENTION_DAYS_* must be set.',
    )
    .option('--dry-run', 'print what would be done, and change nothing', false)
    .option('--yes', 'delete what is due, also if the clock may have jumped since the last run', false)
    .action(async (options: PruneOptions) => {
      finish(await pruneLogs(options, auditDeps()))
    })
}

async function readLogs(options: LogsOptions, deps: AuditCommandDeps): Promise<number> {
  const [
    { runLogs },
    { auditReading },
    { createPseudonymizer, loadPseudonymKey },
    { pseudonymsOf },
    { listAllApplications },
    { setTimeout: sleep },
  ] = await Promise.all([
    import('./logs.ts'),
    import('../command-record.ts'),
    import('../../access/pseudonym.ts'),
    import('../../access/user-pseudonyms.ts'),
    import('../applications.ts'),
    import('node:timers/promises'),
  ])
  const { logDir, dataDir, pseudonymKey } = loadConfig()
  const hasKey = pseudonymKey !== undefined || existsSync(join(dataDir, 'pseudonym.key'))
  const pseudonym = hasKey ? createPseudonymizer(pseudonymKey ?? loadPseudonymKey(dataDir)) : undefined
  const applications = listAllApplications(dataDir)
  // A session keeps its id in lines of versions before its pseudonym, `s_…`.
  const namesOf: LogsDeps['namesOf'] = (kind, id) => {
    if (pseudonym === undefined) return [id]
    return [id, ...(kind === 'user' ? pseudonymsOf(pseudonym, id, applications) : [pseudonym.session(id)])]
  }
  const { user, session, grep, since, until, gapMinutes: _gapMinutes, failOnErrors: _failOnErrors, ...facts } = options
  const time = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString())
  // User and pattern may be personal data: the trail records only whether they were given.
  if (existsSync(logDir))
    auditReading(
      'logs_read',
      {
        ...facts,
        session: session?.startsWith('s_') ? session : session && pseudonym?.session(session),
        since: time(since),
        until: time(until),
        of_a_pattern: grep !== undefined,
        of_one_user: user !== undefined,
      },
      deps,
    )
  return runLogs(options, {
    dir: logDir,
    stdout: process.stdout,
    stderr: process.stderr,
    namesOf,
    wait: () => sleep(200, true),
  })
}

async function pruneLogs({ dryRun, yes }: PruneOptions, deps: AuditCommandDeps): Promise<number> {
  const [{ choosePrunePolicy }, { runLogsPrune }, records, describe, { refuseForeignTrail }] = await Promise.all([
    import('./prune-policy.ts'),
    import('./logs-prune.ts'),
    import('../command-record.ts'),
    import('../../audit/audit-retention.ts'),
    import('../../audit/audit-identity.ts'),
  ])
  const config = loadConfig()
  refuseForeignTrail(config)
  const chosen = choosePrunePolicy(config, line => process.stderr.write(line))
  return runLogsPrune(
    {
      dir: config.logDir,
      ...chosen,
      now: Date.now,
      startedAt: performance.timeOrigin,
      dryRun,
      confirmed: yes,
      onShorteningTrail: async files => {
        records.appendCommand('trail_shortened', await describe.describeShortening(config.logDir, files), deps)
      },
    },
    {
      stdout: process.stdout,
      stderr: process.stderr,
      onRun: async report => records.auditCommand('retention_run', describe.describeRetention(report), deps),
    },
  )
}
