import fp from 'fastify-plugin'
import { cacheReading } from '../../otel/metrics/cached-reading.ts'
import { observeDisk, readDisk } from '../../otel/metrics/disk-metrics.ts'
import { observe, observeAll } from '../../otel/recording.ts'
import type { Config } from '../../src/config.ts'
import { FILE_STREAMS, LOG_STREAMS } from '../../src/logging/log-streams.ts'
import { dayOf } from '../../src/logging/retention/log-day.ts'
import { forecastDaysUntilFull, sumByStream } from '../../src/logging/retention/log-forecast.ts'
import { type RetentionSettings, retentionPolicy } from '../../src/logging/retention/retention-policy.ts'
import { scanLogFiles } from '../../src/logging/retention/retention-run.ts'
import type { LogState } from '../../src/logging/writing/log-transport.ts'

export interface LogMetricsOptions {
  readonly config: Pick<Config, 'logDir' | 'logTimezone'> & RetentionSettings
  /** State of the log; undefined where it is not written to files. */
  readonly logState?: () => LogState
}

/** How long one scan of the files serves all metrics and all scrapes. */
const SCAN_TTL_MS = 10_000

/** Metrics of the log: size, lines written and dropped, disk space, and days until it is full. */
export default fp<LogMetricsOptions>(
  async (fastify, { config, logState }) => {
    const { logDir: dir, logTimezone: timeZone } = config
    const policy = retentionPolicy(config)
    const scan = cacheReading(async () => (await scanLogFiles(dir, timeZone)).files, SCAN_TTL_MS)

    async function daysUntilFull(): Promise<number> {
      const { freeBytes } = await readDisk(dir)
      return forecastDaysUntilFull(await scan(), freeBytes, dayOf(Date.now(), timeZone), policy)
    }

    fastify.addHook(
      'onClose',
      observeAll([
        ...LOG_STREAMS.map(stream => observe('log_bytes', async () => sumByStream(await scan())[stream], { stream })),
        observe('log_days_until_full', daysUntilFull),
        observeDisk('log', dir),
        ...FILE_STREAMS.map(stream => observe('log_lines_total', () => logState?.().written[stream] ?? 0, { stream })),
        ...[...FILE_STREAMS, 'terminal' as const].map(stream =>
          observe('log_dropped_lines_total', () => logState?.().dropped[stream] ?? 0, { stream }),
        ),
      ]),
    )
  },
  { name: 'log-metrics' },
)
