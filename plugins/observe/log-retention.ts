import fp from 'fastify-plugin'
import { describeHoldOff, describeRetention, describeShortening } from '../../src/audit/audit-retention.ts'
import type { Config } from '../../src/config.ts'
import { MAX_PAUSE_MS } from '../../src/logging/retention/last-run.ts'
import { recordPolicy } from '../../src/logging/retention/recorded-policy.ts'
import { type RetentionSettings, retentionPolicy } from '../../src/logging/retention/retention-policy.ts'
import { type RetentionReport, runRetention } from '../../src/logging/retention/retention-run.ts'
import { claimLogDirectory } from '../../src/logging/writing/log-directory.ts'

type Options = { readonly config: Pick<Config, 'logDir' | 'logTimezone'> & RetentionSettings }

const RETENTION_INTERVAL_MS = 3_600_000

/**
 * Compresses and deletes old log files, at start and every hour, and records the policy in LOG_DIR
 * for commands. A run may take minutes; neither start nor stop waits for more than the file being
 * processed.
 */
export default fp<Options>(
  async (fastify, { config }) => {
    const log = fastify.log.child({ module: 'logging' })
    const { background, audit } = fastify
    const { logDir: dir, logTimezone: timeZone } = config
    const policy = retentionPolicy(config)

    const claim = await claimLogDirectory(dir)
    if (claim.granted) {
      try {
        recordPolicy(dir, { policy, timeZone }, new Date())
      } catch (err) {
        log.warn({ function: 'start', log_dir: dir, err }, 'Retention policy not recorded')
      }
    } else log.warn({ function: 'start', log_dir: dir }, 'LOG_DIR is shared with another server: each file holds lines of both')

    /** When files were first held off, by a clock that cannot jump. */
    let heldOffAt: number | undefined
    /** Reports once that files are kept because the clock may have jumped. */
    async function reportHoldOff(heldOff: RetentionReport['heldOff']): Promise<void> {
      if (heldOff !== undefined && heldOffAt === undefined) {
        const facts = describeHoldOff(heldOff)
        log.warn(
          { function: 'retain', ...facts },
          'Log files kept, the clock may have jumped: check it, then run pellucid logs prune --yes',
        )
        await audit.record('retention_held_off', facts)
      }
      heldOffAt = heldOff && (heldOffAt ?? performance.now())
    }

    async function retain(): Promise<void> {
      const report = await runRetention({
        dir,
        policy,
        timeZone,
        now: Date.now,
        startedAt: performance.timeOrigin,
        // The operator has seen the warning and has not set the clock.
        confirmed: heldOffAt !== undefined && performance.now() - heldOffAt > MAX_PAUSE_MS,
        signal: background.closing,
        onShorteningTrail: async files => audit.record('trail_shortened', await describeShortening(dir, files)),
      })
      const { compressed, deleted, failed, leftovers } = report
      await reportHoldOff(report.heldOff)
      for (const { file, err } of failed) log.error({ function: 'retain', file, err }, 'Log file not compressed or deleted')
      const facts = { compressed: compressed.length, deleted: deleted.length, leftovers: leftovers.length }
      const didAnything = compressed.length + deleted.length + leftovers.length > 0
      if (didAnything) log.info({ function: 'retain', ...facts }, 'Compressed and deleted old log files')
      if (didAnything || failed.length > 0) await audit.record('retention_run', describeRetention(report))
    }

    const job = background.repeat(RETENTION_INTERVAL_MS, 'log_retention', retain)
    // Runs after the hook of the audit plugin, a dependency, which records the start.
    fastify.addHook('onListen', async () => job.runNow())
    fastify.addHook('onClose', async () => claim.release())
  },
  { name: 'log-retention', dependencies: ['background', 'audit'] },
)
