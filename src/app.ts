import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { metricsHandler } from '../otel/sdk.ts'
import audit from '../plugins/audit.ts'
import background from '../plugins/background.ts'
import chat from '../plugins/chat.ts'
import commandParser from '../plugins/command-parser.ts'
import databaseManager from '../plugins/database-manager.ts'
import errorHandler from '../plugins/error-handler.ts'
import { answerClientError, answerFrameworkError } from '../plugins/http/framework-errors.ts'
import knowledge from '../plugins/knowledge.ts'
import logLevel from '../plugins/logging/log-level.ts'
import logMetrics from '../plugins/logging/log-metrics.ts'
import logRetention from '../plugins/logging/log-retention.ts'
import openapi from '../plugins/openapi.ts'
import pseudonym from '../plugins/pseudonym.ts'
import adminRoutes from '../plugins/routes/admin.ts'
import chatRoutes from '../plugins/routes/chat.ts'
import diagnosticRoutes from '../plugins/routes/diagnostics.ts'
import documentRoutes from '../plugins/routes/documents.ts'
import healthRoutes from '../plugins/routes/health.ts'
import homeRoutes from '../plugins/routes/home.ts'
import metricsRoutes from '../plugins/routes/metrics.ts'
import searchRoutes from '../plugins/routes/search.ts'
import sessionRoutes from '../plugins/routes/sessions.ts'
import turnRoutes from '../plugins/routes/turns.ts'
import searchEngine from '../plugins/search-engine.ts'
import sessionManager from '../plugins/session-manager.ts'
import sessionQueue from '../plugins/session-queue.ts'
import spanRules from '../plugins/telemetry/span-rules.ts'
import telemetry from '../plugins/telemetry/telemetry.ts'
import telemetryDiagnostics from '../plugins/telemetry/telemetry-diagnostics.ts'
import telemetryWatchdog from '../plugins/telemetry/telemetry-watchdog.ts'
import underPressure from '../plugins/under-pressure.ts'
import validation from '../plugins/validation.ts'
import type { Config } from './config.ts'
import { createLevelControl, type LevelControl } from './logging/level-control.ts'
import type { LogState } from './logging/writing/log-transport.ts'

export interface AppOptions {
  readonly config: Config
  readonly logger: Logger
  /** Which lines the logger writes; without it, all from its level on. */
  readonly levels?: LevelControl
  /** How the log fares; undefined where it is not written to files. */
  readonly logState?: () => LogState
  readonly version: string
}

/** A request id that a client may choose; any other is replaced, since it stands in logs and replies. */
const REQUEST_ID = /^[\w.:-]{1,128}$/

/**
 * Builds the application: the ordered list of its plugins. It listens to nothing yet, but to await it boots the plugins, so the database is open then.
 * @throws what a plugin throws that cannot start, DATABASE_TOO_NEW for instance.
 */
export async function buildApp({ config, logger, levels, logState, version }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // One line about each request is written when it is over, by the telemetry plugin.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: request => {
      const given = request.headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    trustProxy: false,
    // A busy machine, or a large index, may take longer than Fastify's 10 s to start.
    pluginTimeout: 120_000,
    bodyLimit: 131_072,
    // Requests that arrive on open connections while the server stops are still answered; it waits for them.
    return503OnClosing: false,
    // A client gets this long to send its request, and the handler to answer it; a connection that says nothing is closed.
    requestTimeout: 30_000,
    handlerTimeout: 60_000,
    connectionTimeout: 75_000,
    keepAliveTimeout: 72_000,
    http: { maxHeaderSize: 16_384, headersTimeout: 10_000, connectionsCheckingInterval: 1000 },
    routerOptions: { maxParamLength: 2048 },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  })

  app.register(pseudonym, { config })
  app.register(spanRules)
  app.register(telemetry)
  app.register(errorHandler)
  app.register(validation)
  app.register(underPressure, { config })
  app.register(openapi, { version })
  app.register(background)
  app.register(telemetryDiagnostics)
  app.register(telemetryWatchdog, { config, logState })
  app.register(databaseManager, { config })
  app.register(audit, { config, version })
  app.register(logRetention, { config })
  app.register(logMetrics, { config, logState })
  app.register(logLevel, { logger, levels: levels ?? createLevelControl(config.logLevel) })
  app.register(searchEngine, { config })
  app.register(knowledge)
  app.register(sessionManager, { config })
  app.register(sessionQueue, { config })
  app.register(commandParser, { version })
  app.register(chat, { config })

  app.register(homeRoutes)
  app.register(healthRoutes, { config, logState })
  app.register(metricsRoutes, { metricsHandler })
  app.register(chatRoutes)
  app.register(sessionRoutes)
  app.register(turnRoutes)
  app.register(searchRoutes)
  app.register(documentRoutes)
  app.register(adminRoutes)
  if (config.diagnosticRoutes) app.register(diagnosticRoutes)
  return app
}
