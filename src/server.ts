import type { FastifyInstance } from 'fastify'
import { stopTelemetry } from '../otel/sdk.ts'
import { activeTraceIds } from '../otel/tracing.ts'
import { buildApp } from './app.ts'
import { refuseForeignTrail } from './audit/audit-identity.ts'
import { appendRecord } from './cli/command-record.ts'
import { type Config, loadConfig, setTimeZone } from './config.ts'
import { claimDataDirectory } from './database/data-directory.ts'
import { ChatError, errnoOf } from './errors.ts'
import { createLogger } from './logging/logger.ts'
import { readVersion } from './version.ts'

/**
 * Time limit of the whole shutdown: draining requests, closing the database, flushing telemetry and
 * log.
 */
const STOP_LIMIT_MS = 9000
/** Time limit for open requests during shutdown. Afterwards their connections are closed. */
const DRAIN_LIMIT_MS = 5000
const TELEMETRY_STOP_LIMIT_MS = 1000
const IDLE_SWEEP_INTERVAL_MS = 50
/** The setting that caused an error of `listen`. */
const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'PORT',
  EACCES: 'PORT',
  ENOTFOUND: 'HOST',
  EADDRNOTAVAIL: 'HOST',
}

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
 * @throws {ChatError} DATA_DIR_IN_USE if another server has the claim.
 * @throws {ChatError} AUDIT_TRAIL_MISMATCH if the audit trail in LOG_DIR is not the one of
 * DATA_DIR. A running server only logs this, but at start an operator is there to correct the
 * setting.
 */
async function serve(config: Config): Promise<void> {
  const claim = claimDataDirectory(config.dataDir)
  refuseForeignTrail(config)
  const version = readVersion()
  setTimeZone(config.logTimezone)
  const appLogger = createLogger({
    level: config.logLevel,
    dir: config.logDir,
    maxFileBytes: config.logMaxFileMb * 1024 * 1024,
    terminal: config.logFormat,
    context: activeTraceIds,
    redaction: { fields: config.logRedactFields.split(','), messageContent: config.logMessageContent },
  })
  const { logger, close: closeLog } = appLogger
  const log = logger.child({ module: 'server' })

  let exiting = false
  async function exit(code: number): Promise<void> {
    if (exiting) return
    exiting = true
    await stopTelemetry(TELEMETRY_STOP_LIMIT_MS)
    await closeLog()
    claim.release()
    process.exit(code)
  }

  function crash(err: unknown, origin: string): void {
    // `undefined` can be thrown too, and must be in the line.
    log.fatal({ function: 'crash', err: err ?? String(err), origin }, 'Uncaught error: exiting')
    // The state of the process is unknown: it exits even if the log cannot be flushed.
    setTimeout(() => process.exit(1), TELEMETRY_STOP_LIMIT_MS * 2).unref()
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
  async function stop(app: FastifyInstance, signal: NodeJS.Signals): Promise<void> {
    // A terminal sends Ctrl-C to npm and to the server, and npm forwards it: the server gets it
    // twice.
    if (stopping) return
    stopping = true
    log.info({ function: 'stop', signal }, 'Stopping after open requests')
    setTimeout(() => {
      log.fatal({ function: 'stop', limit_ms: STOP_LIMIT_MS }, 'Shutdown timed out: exiting with unfinished work')
      void exit(1)
    }, STOP_LIMIT_MS).unref()
    // A connection whose reply was in progress stays open for the next request, until its
    // keep-alive timeout.
    const sweep = setInterval(() => app.server.closeIdleConnections(), IDLE_SWEEP_INTERVAL_MS)
    const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_LIMIT_MS)
    await app.close()
    clearInterval(sweep)
    clearTimeout(cut)
    log.info({ function: 'stop' }, 'Stopped')
    await exit(0)
  }

  try {
    const app = await buildApp({ config, logger, levels: appLogger.levels, logState: () => appLogger.state, version })
    process.on('SIGTERM', signal => void stop(app, signal))
    process.on('SIGINT', signal => void stop(app, signal))
    const address = await app.listen({ host: config.host, port: config.port, listenTextResolver: () => 'Listening' })
    claim.announce(address)
    log.info({ function: 'start', address, docs: `${address}/docs`, version, node: process.version }, 'Chatbot Initialized')
    if (!/^(127\.|localhost$|::1$)/.test(config.host)) {
      log.warn(
        { function: 'start', host: config.host },
        'Listening on a public address: every client that can connect may chat and change documents',
      )
    }
  } catch (err) {
    const setting = LISTEN_ERRORS[errnoOf(err) ?? '']
    log.fatal({ function: 'start', err, ...(setting && { setting }) }, 'Server failed to start')
    recordFailedStart(err, setting)
    await exit(1)
  }
}
