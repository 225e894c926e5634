import fp from 'fastify-plugin'
import { cacheReading } from '../../otel/metrics/cached-reading.ts'
import { observeDisk, readDisk } from '../../otel/metrics/disk-metrics.ts'
import { observe, observeAll } from '../../otel/recording.ts'
import type { Config } from '../../src/config.ts'
import { FILE_STREAMS, LOG_STREAMS } from '../../src/logging/log-streams.ts'
import { dayOf } from '../../src/logging/retention/log-day.ts'
import { forecastDaysUntilFull, sumByStream } from '../../src/logging/retention/log-forecast.ts'
import { type RetentionSettings, retentionPolicy } from '../../src/logging/retention/retention-policy.ts'
import { type RetentionReport, runRetention, scanLogFiles } from '../../src/logging/retention/retention-run.ts'
import { claimLogDirectory } from '../../src/logging/writing/log-directory.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'

export interface LoggingOptions {
  readonly config: Pick<Config, 'logDir' | 'logTimezone'> & RetentionSettings
  /** How the log fares; undefined where it is not written to files. */
  readonly logState?: () => LogState
  /** Told of every run of the retention that did, or failed to do, anything. */
  readonly onRetention?: (report: RetentionReport) => Promise<void>
}

const RETENTION_INTERVAL_MS = 3_600_000
/** So long a look at the files does for all metrics, and for all who collect them. */
const LOOK_TTL_MS = 10_000

/** The log's own affairs: what is too old is compressed and deleted, what there is and what was lost can be measured. */
export default fp<LoggingOptions>(
  async (fastify, { config, logState, onRetention }) => {
    const log = fastify.log.child({ module: 'logging' })
    const { logDir: dir, logTimezone: timeZone } = config
    const policy = retentionPolicy(config)
    const closing = new AbortController()
    let retaining: Promise<void> | undefined

    const claim = await claimLogDirectory(dir)
    if (!claim.granted) {
      log.warn(
        { function: 'start', log_dir: dir },
        'Another server writes to the same LOG_DIR: every file there has the lines of both',
      )
    }

    async function retain(): Promise<void> {
      const report = await runRetention({ dir, policy, timeZone, now: Date.now, signal: closing.signal })
      const { compressed, deleted, failed, leftovers } = report
      for (const { file, err } of failed)
        log.error({ function: 'retain', file, err }, 'A log file could not be compressed or deleted')
      const facts = { compressed: compressed.length, deleted: deleted.length, leftovers: leftovers.length }
      const didAnything = compressed.length + deleted.length + leftovers.length > 0
      if (didAnything) log.info({ function: 'retain', ...facts }, 'Compressed and deleted old log files')
      if (didAnything || failed.length > 0) await onRetention?.(report)
    }

    /** A run may take minutes, which neither the start nor the end of the server waits for. */
    function startRetaining(): void {
      retaining ??= retain()
        .catch(err => log.error({ function: 'retain', err }, 'The log directory could not be looked through'))
        .finally(() => (retaining = undefined))
    }

    fastify.addHook('onReady', async () => startRetaining())
    fastify.background.repeat(RETENTION_INTERVAL_MS, 'log retention', async () => startRetaining())

    const look = cacheReading(async () => (await scanLogFiles(dir, timeZone)).files, LOOK_TTL_MS)

    async function daysUntilFull(): Promise<number> {
      const { freeBytes } = await readDisk(dir)
      return forecastDaysUntilFull(await look(), freeBytes, dayOf(Date.now(), timeZone), policy)
    }

    fastify.addHook(
      'onClose',
      observeAll([
        ...LOG_STREAMS.map(stream => observe('log_bytes', async () => sumByStream(await look())[stream], { stream })),
        observe('log_days_until_full', daysUntilFull),
        observeDisk('log', dir),
        ...FILE_STREAMS.map(stream => observe('log_lines_total', () => logState?.().written[stream] ?? 0, { stream })),
        ...[...FILE_STREAMS, 'terminal' as const].map(stream =>
          observe('log_dropped_lines_total', () => logState?.().lost[stream] ?? 0, { stream }),
        ),
      ]),
    )
    fastify.addHook('preClose', async () => {
      closing.abort()
      await retaining
    })
    fastify.addHook('onClose', async () => claim.release())
  },
  { name: 'logging', dependencies: ['background'] },
)
