import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Argument, type Command, InvalidArgumentError } from 'commander'
import { loadConfig } from '../../config.ts'
import { parseTime } from '../../logging/reading/time-argument.ts'
import { ANALYSIS_NAMES } from '../../watch/analysis/analysis-worker.ts'
import type { AuditCommandDeps } from '../audit.ts'
import type { AnalysisName } from './run-analysis.ts'

export interface AnalyseOptions {
  readonly since?: number
  readonly until?: number
  readonly json: boolean
}

const DEFAULT_PERIOD_MS = 7 * 86_400_000

/** Adds `pellucid analyse`. `finish` gets the exit code. */
export function addAnalyseCommand(program: Command, auditDeps: () => AuditCommandDeps, finish: (exitCode: number) => void): void {
  addPeriod(program.command('analyse'))
    .description('explain what happened, from the log and the turns; the server may be running')
    .addArgument(new Argument('<name>', 'what to analyse').choices(ANALYSIS_NAMES))
    .action(async (name: AnalysisName, options: AnalyseOptions) => {
      finish(await analyse(name, options, auditDeps()))
    })
  addPeriod(program.command('unanswered'))
    .description('list questions that the documents did not answer, in groups, for those who write them')
    .action(async (options: AnalyseOptions) => {
      finish(await analyse('unanswered', options, auditDeps()))
    })
}

/** Adds the options of a period and of the format. */
export function addPeriod(command: Command): Command {
  return command
    .option('--since <time>', 'from this time: 15m, 2h or 3d ago, or ISO 8601; 7d by default', readTime)
    .option('--until <time>', 'until this time; now by default', readTime)
    .option('--json', 'print JSON', false)
}

/** Prints an analysis of a period, and resolves to the exit code. */
export async function analyse(name: AnalysisName, options: AnalyseOptions, deps: AuditCommandDeps): Promise<number> {
  const [{ runAnalysis }, { auditReading }, { toSafeLine }] = await Promise.all([
    import('./run-analysis.ts'),
    import('../command-record.ts'),
    import('../../logging/redaction/redact-line.ts'),
  ])
  const { logDir, dataDir } = loadConfig()
  if (!existsSync(logDir)) {
    deps.stderr.write(`${resolve(logDir)}: no such directory. Run the command in the folder of the server, or set LOG_DIR.\n`)
    return 1
  }
  const to = options.until ?? deps.now()
  const from = options.since ?? to - DEFAULT_PERIOD_MS
  if (from >= to) {
    deps.stderr.write('--since must be before --until.\n')
    return 1
  }
  const time = (at: number) => new Date(at).toISOString()
  auditReading('analysis_read', { name, since: time(from), until: time(to), json: options.json }, deps)
  let exitCode = 0
  const onProblem = (path: string, problem: string) => {
    deps.stderr.write(`${path}: ${problem}\n`)
    exitCode = 1
  }
  const { result, text } = await runAnalysis(name, { from, to }, { logDir, dataDir, onProblem })
  // Control characters of the log must not reach the terminal.
  const lines = options.json ? [JSON.stringify(result)] : text.split('\n').slice(0, -1)
  deps.stdout.write(lines.map(line => `${toSafeLine(line)}\n`).join(''))
  return exitCode
}

function readTime(text: string): number {
  const at = parseTime(text, Date.now())
  if (at === undefined)
    throw new InvalidArgumentError('Use 15m, 2h or 3d for a time ago, or ISO 8601 such as 2026-01-15T10:30:00Z.')
  return at
}
