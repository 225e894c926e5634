import { existsSync } from 'node:fs'
import { messageOf } from '../../errors.ts'
import { type RetentionOptions, type RetentionReport, runRetention } from '../../logging/retention/retention-run.ts'

/** The streams of the process, and where a run is reported. */
export interface LogsPruneDeps {
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
  /** Receives the report of a run; not called for a dry run, or if there is no log directory. */
  readonly onRun?: (report: RetentionReport) => Promise<void>
}

const REASONS = {
  age: 'retention period exceeded',
  budget: 'its stream exceeds LOG_STREAM_BUDGET_MB',
  twin: 'its compressed copy is complete',
} as const

/**
 * Runs `pellucid logs prune`. Prints one line for each file that was, or with `dryRun` would be,
 * compressed or deleted, and failures to stderr. Resolves to the exit code: 1 if anything failed,
 * or was held off because the clock may have jumped.
 */
export async function runLogsPrune(options: RetentionOptions, { stdout, stderr, onRun }: LogsPruneDeps): Promise<number> {
  const report = await runRetention(options)
  // Recording a run would create a missing directory.
  if (!options.dryRun && existsSync(options.dir)) await onRun?.(report)
  const { heldOff } = report
  const would = options.dryRun ? 'would be ' : ''
  for (const line of describeReport(report)) stdout.write(`${would}${line}\n`)
  for (const { file, err } of report.failed) stderr.write(`${file}: ${messageOf(err)}\n`)
  if (heldOff !== undefined) stderr.write(describeHoldOff(heldOff, options.now()))
  const bytes = report.deleted.reduce((sum, { bytes }) => sum + bytes, 0)
  stdout.write(
    `${would}compressed: ${report.compressed.length}, deleted: ${report.deleted.length} (${(bytes / 1024 / 1024).toFixed(1)} MiB), failed: ${report.failed.length}\n`,
  )
  return report.failed.length === 0 && heldOff === undefined ? 0 : 1
}

function describeHoldOff({ files, knownMs }: NonNullable<RetentionReport['heldOff']>, now: number): string {
  const time = (ms: number) => new Date(ms).toISOString()
  return (
    `${files.length} files are due, but were kept: it is ${time(now)} by the clock, and the last time known is ${time(knownMs)}. ` +
    'If the clock is right, run pellucid logs prune --yes.\n'
  )
}

function describeReport({ compressed, deleted, leftovers }: RetentionReport): string[] {
  return [
    ...leftovers.map(file => `deleted ${file}: temporary file of an interrupted run`),
    ...deleted.map(({ file, reason }) => `deleted ${file}: ${REASONS[reason]}`),
    ...compressed.map(file => `compressed ${file}`),
  ]
}
