import type { FastifyInstance } from 'fastify'
import { lineReader, stopLineReader, stopTelemetry } from '../otel/sdk.ts'
import { activeTraceIds } from '../otel/tracing.ts'
import { isAccessOff } from './access/access-mode.ts'
import { buildApp } from './app.ts'
import { refuseForeignTrail } from './audit/audit-identity.ts'
import { isLoopbackHost } from './base/loopback.ts'
import { readVersion } from './base/version.ts'
import { appendRecord } from './cli/command-record.ts'
import { type Config, loadConfig, setTimeZone } from './config.ts'
import { claimDataDirectory } from './database/data-directory.ts'
import { removeRestoreLeftovers } from './database/files/restore-database.ts'
import { ChatError, errnoOf } from './errors.ts'
import { adviseOnListenError } from './listen-error.ts'
import { createLogger } from './logging/logger.ts'
import { startErrorReporting } from './watch/composition/error-reporting.ts'
import { requireOptionalPackages } from './watch/composition/optional-packages.ts'

/**
 * SHUTDOWN_TIMEOUT_MS limits the whole shutdown: finishing the start, draining requests, closing
 * the database, flushing telemetry and log. These parts have limits of their own, as shares of it.
 * They add up to 15/16, since a log worker without progress gets 5/4 of its share.
 */
const SHARES = {
  /** Open requests. Afterwards their connections are closed. */
  drain: 1 / 2,
  /** Spans, metrics, and errors for Sentry. */
  telemetry: 1 / 8,
  log: 1 / 4,
  /** Log lines to Azure Monitor, from the time that the other parts leave. */
  lineReader: 1 / 8,
}
/** Kept free at the end of a stop, as a share. */
const RESERVE = 1 / 32
/** Time for the log line about an exceeded limit, as a share. Then the process exits. */
const LAST_LINE_SHARE = 1 / 8
const IDLE_SWEEP_INTERVAL_MS = 50
/**
 * Connections that wait to be accepted, the most that Linux allows by default. Those beyond it are
 * tried again by the client's system after 1, 3 and 7 s. Node's default is 511: 0.1 s of overload.
 */
const BACKLOG = 4096
/** Fastify logs this text for each address. The logger does not write empty lines. */
const NO_LINE = ''

try {
  await serve(loadConfig())
} catch (error) {
  if (!(error instanceof ChatError)) throw error
  // The operator can fix this, so no stack is printed. The log is not open yet.
  process.stderr.write(`${error.code}: ${error.message}\n`)
  process.exit(1)
}

/**
 * Runs the server: claims the data directory, opens the log, builds the application and listens.
 * SIGTERM and SIGINT undo this in reverse order and exit with 0.
 * @throws {ChatError} CONFIGURATION_INVALID if the package of an integration is missing.
 * @throws {ChatError} DATA_DIR_IN_USE if another server has the claim.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH if the audit trail in LOG_DIR is not the one of
 * DATA_DIR. A running server only logs this, but at start an operator is there to correct the
 * setting.
 */
async function serve(config: Config): Promise<void> {
  // Installed first: a signal during startup must not skip the cleanup. Only the first one counts:
  // a terminal sends Ctrl-C to npm and to the server, and npm forwards it.
  const signalled = Promise.withResolvers<NodeJS.Signals>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, signalled.resolve)
  const version = readVersion()
  requireOptionalPackages(config)
  const errorReporting = await startErrorReporting(config, version)
  const claim = claimDataDirectory(config.dataDir)
  removeRestoreLeftovers(config.dataDir)
  refuseForeignTrail(config)
  setTimeZone(config.logTimezone)
  const limitMs = config.shutdownTimeoutMs
  const appLogger = createLogger({
    level: config.logLevel,
    dir: config.logDir,
    maxFileBytes: config.logMaxFileMb * 1024 * 1024,
    terminal: config.logFormat,
    context: activeTraceIds,
    onLine: errorReporting?.take,
    redaction: { fields: config.logRedactFields.split(','), messageContent: config.logMessageContent },
    closeTimeoutMs: limitMs * SHARES.log,
    connectReader: lineReader(),
  })
  const { logger, close: closeLog } = appLogger
  const log = logger.child({ module: 'server' })

  let limitedAtMs: number | undefined
  /** Ends the process with 1 after the limit, which counts from the first call. */
  function limitExit(): void {
    if (limitedAtMs !== undefined) return
    limitedAtMs = performance.now()
    setTimeout(() => {
      log.fatal({ function: 'stop', limit_ms: limitMs }, 'Shutdown timed out: exiting with unfinished work')
      const abort = () => process.exit(1)
      setTimeout(abort, limitMs * LAST_LINE_SHARE)
      void closeLog().then(abort)
    }, limitMs)
  }

  let exitCode: number | undefined
  async function exit(code: number): Promise<void> {
    limitExit()
    const isExiting = exitCode !== undefined
    exitCode = Math.max(exitCode ?? 0, code)
    if (isExiting) return
    const telemetryMs = limitMs * SHARES.telemetry
    await Promise.all([stopTelemetry(telemetryMs), errorReporting?.stop(telemetryMs, log)])
    await closeLog()
    const leftMs = limitMs * (1 - RESERVE) - (performance.now() - (limitedAtMs ?? 0))
    await stopLineReader(Math.max(0, Math.min(limitMs * SHARES.lineReader, leftMs)))
    claim.release()
    process.exit(exitCode)
  }

  function crash(err: unknown, origin: string): void {
    // `undefined` can be thrown too, and must be in the line.
    log.fatal({ function: 'crash', err: err ?? String(err), origin }, 'Uncaught error: exiting')
    void exit(1)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', reason => crash(reason, 'unhandledRejection'))

  function recordFailedStart(error: unknown, setting: string | undefined): void {
    const facts = { version, code: errnoOf(error) ?? (error instanceof Error ? error.name : 'unknown'), setting }
    try {
      appendRecord('server_start_failed', facts, 'server', { config, stderr: process.stderr, now: Date.now })
    } catch (err) {
      log.fatal({ function: 'start', event: 'server_start_failed', err }, 'Audit record not written')
    }
  }

  let stopping = false
  /** Builds the application, and listens unless a signal arrived meanwhile. */
  async function start(): Promise<FastifyInstance | undefined> {
    try {
      const app = await buildApp({ config, logger, levels: appLogger.levels, logState: () => appLogger.state, version })
      if (!stopping) await listen(app)
      return app
    } catch (err) {
      const advice = adviseOnListenError(errnoOf(err), config)
      log.fatal({ function: 'start', listen_host: config.host, ...advice, err }, 'Server failed to start')
      recordFailedStart(err, advice?.setting)
      await exit(1)
    }
  }

  async function listen(app: FastifyInstance): Promise<void> {
    const { host, port } = config
    const address = await app.listen({ host, port, backlog: BACKLOG, listenTextResolver: () => NO_LINE })
    claim.announce(address)
    log.info({ function: 'start', address, docs: `${address}/docs`, version, node: process.version }, 'Chatbot Initialized')
    if (isAccessOff(config) && !isLoopbackHost(config.host)) {
      log.warn(
        { function: 'start', listen_host: config.host },
        'Listening on a public address: every client that can connect may chat and change documents',
      )
    }
  }

  const started = start()
  const signal = await signalled.promise
  stopping = true
  limitExit()
  log.info({ function: 'stop', signal }, 'Stopping after open requests')
  // An application that is being built cannot be closed yet.
  await started.then(app => app && closeApp(app, limitMs * SHARES.drain))
  log.info({ function: 'stop' }, 'Stopped')
  await exit(0)
}

/** Closes the application after its open requests, or after `drainMs`. */
async function closeApp(app: FastifyInstance, drainMs: number): Promise<void> {
  // A connection whose reply was in progress stays open for the next request, until its keep-alive
  // timeout. As long as the server listens, idle connections may get a further request.
  const sweep = setInterval(() => app.server.listening || app.server.closeIdleConnections(), IDLE_SWEEP_INTERVAL_MS)
  const cut = setTimeout(() => app.server.closeAllConnections(), drainMs)
  await app.close()
  clearInterval(sweep)
  clearTimeout(cut)
}
