import { messageOf } from '../errors.ts'
import type { RetentionOptions, RetentionReport } from '../logging/retention/retention-run.ts'
import { runRetention } from '../logging/retention/retention-run.ts'

/** What the command needs of its process. */
export interface LogsPruneDeps {
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
  /** Told what was done, unless it only would be. */
  readonly onRun?: (report: RetentionReport) => Promise<void>
}

const REASONS = {
  age: 'its time is over',
  budget: 'its stream holds more than LOG_STREAM_BUDGET_MB',
  twin: 'its compressed form is complete',
} as const

/**
 * Runs `pellucid logs prune`: a line for each file, with what was done, or with `dryRun` what would be; on stderr what could not be done.
 * Resolves to the exit code: 1 if anything failed.
 */
export async function runLogsPrune(options: RetentionOptions, { stdout, stderr, onRun }: LogsPruneDeps): Promise<number> {
  const report = await runRetention(options)
  if (!options.dryRun) await onRun?.(report)
  const would = options.dryRun ? 'would be ' : ''
  for (const line of describe(report)) stdout.write(`${would}${line}\n`)
  for (const { file, err } of report.failed) stderr.write(`${file}: ${messageOf(err)}\n`)
  const bytes = report.deleted.reduce((sum, { bytes }) => sum + bytes, 0)
  stdout.write(
    `${would}compressed: ${report.compressed.length}, deleted: ${report.deleted.length} (${(bytes / 1024 / 1024).toFixed(1)} MiB), failed: ${report.failed.length}\n`,
  )
  return report.failed.length === 0 ? 0 : 1
}

function describe({ compressed, deleted, leftovers }: RetentionReport): string[] {
  return [
    ...leftovers.map(file => `deleted ${file}: left by a run that was interrupted`),
    ...deleted.map(({ file, reason }) => `deleted ${file}: ${REASONS[reason]}`),
    ...compressed.map(file => `compressed ${file}`),
  ]
}
