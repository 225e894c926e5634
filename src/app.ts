import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { metricsHandler, takeMetricsSnapshot } from '../otel/sdk.ts'
import access from '../plugins/access/access.ts'
import failureDelay from '../plugins/access/failure-delay.ts'
import forwarding from '../plugins/access/forwarding.ts'
import origins from '../plugins/access/origins.ts'
import pseudonym from '../plugins/access/pseudonym.ts'
import rateLimit from '../plugins/access/rate-limit.ts'
import securityEvents from '../plugins/access/security-events.ts'
import securityHeaders from '../plugins/access/security-headers.ts'
import admission from '../plugins/admission.ts'
import answerPool from '../plugins/answering/answer-pool.ts'
import answering from '../plugins/answering/answering.ts'
import audit from '../plugins/audit.ts'
import background from '../plugins/background.ts'
import chat from '../plugins/chat.ts'
import commandParser from '../plugins/command-parser.ts'
import closing from '../plugins/connections/closing.ts'
import connectionLimit from '../plugins/connections/connection-limit.ts'
import heldBytes from '../plugins/connections/held-bytes.ts'
import pipelining from '../plugins/connections/pipelining.ts'
import protocolChecks from '../plugins/connections/protocol-checks.ts'
import databaseCheck from '../plugins/database-check.ts'
import databaseManager from '../plugins/database-manager.ts'
import errorHandler from '../plugins/error-handler.ts'
import { answerClientError, answerFrameworkError } from '../plugins/http/framework-errors.ts'
import knowledge from '../plugins/knowledge.ts'
import logLevel from '../plugins/logging/log-level.ts'
import logMetrics from '../plugins/logging/log-metrics.ts'
import logRetention from '../plugins/logging/log-retention.ts'
import alertMetrics from '../plugins/monitoring/alert-metrics.ts'
import monitoring from '../plugins/monitoring/monitoring.ts'
import readiness from '../plugins/monitoring/readiness.ts'
import openapi from '../plugins/openapi.ts'
import logErasure from '../plugins/privacy/log-erasure.ts'
import turnRetention from '../plugins/privacy/turn-retention.ts'
import adminRoutes from '../plugins/routes/admin.ts'
import alertRoutes from '../plugins/routes/alerts.ts'
import analysisRoutes from '../plugins/routes/analysis.ts'
import chatRoutes from '../plugins/routes/chat.ts'
import diagnosticRoutes from '../plugins/routes/diagnostics.ts'
import documentRoutes from '../plugins/routes/documents.ts'
import healthRoutes from '../plugins/routes/health.ts'
import homeRoutes from '../plugins/routes/home.ts'
import metricsRoutes from '../plugins/routes/metrics.ts'
import openedSessionRoutes from '../plugins/routes/opened-sessions.ts'
import runbookRoutes from '../plugins/routes/runbooks.ts'
import searchRoutes from '../plugins/routes/search.ts'
import sessionRoutes from '../plugins/routes/sessions.ts'
import turnRoutes from '../plugins/routes/turns.ts'
import searchEngine from '../plugins/search-engine.ts'
import findSession from '../plugins/sessions/find-session.ts'
import sessionManager from '../plugins/sessions/session-manager.ts'
import sessionQueue from '../plugins/sessions/session-queue.ts'
import steadyClock from '../plugins/sessions/steady-clock.ts'
import spanRules from '../plugins/telemetry/span-rules.ts'
import telemetry from '../plugins/telemetry/telemetry.ts'
import telemetryDiagnostics from '../plugins/telemetry/telemetry-diagnostics.ts'
import telemetryHealth from '../plugins/telemetry/telemetry-health.ts'
import underPressure from '../plugins/under-pressure.ts'
import validation from '../plugins/validation.ts'
import wording from '../plugins/wording.ts'
import { requireKeyOrDecision } from './access/access-mode.ts'
import { findConfigFile } from './base/config-file.ts'
import { createNetworkCheck } from './base/networks.ts'
import { type Config, environment } from './config.ts'
import { createLevelControl, type LevelControl } from './logging/level-control.ts'
import { readRequestId } from './logging/redaction/request-id.ts'
import type { LogState } from './logging/writing/log-transport.ts'
import { loadMonitoringConfig } from './watch/configuration/load-monitoring-config.ts'
import { hasWebhooks } from './webhooks/has-webhooks.ts'

export interface AppOptions {
  readonly config: Config
  readonly logger: Logger
  /** Which lines the logger writes. By default, all at or above its level. */
  readonly levels?: LevelControl
  /** State of the log files; undefined if no log files are written. */
  readonly logState?: () => LogState
  readonly version: string
}

/**
 * Builds the application from its plugins, in order. Awaiting it boots the plugins and opens the
 * database; it does not listen yet.
 * @throws the error of a plugin that cannot start, such as DATABASE_TOO_NEW.
 */
export async function buildApp({ config, logger, levels, logState, version }: AppOptions): Promise<FastifyInstance> {
  requireKeyOrDecision(config, Date.now())
  const loadMonitoring = () =>
    loadMonitoringConfig(findConfigFile(config.configDir, 'monitoring.yaml', config.monitoringConfig), environment)
  const { logsDays } = loadMonitoring().retention
  const retention = { logRetentionDaysInfo: logsDays, ...config }
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // The telemetry plugin logs one line at the end of each request.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    // Lines get the request id from the log context. A logger for each request would cost 4 µs.
    childLoggerFactory: parent => parent,
    genReqId: request => readRequestId(request.headers['x-request-id']),
    trustProxy: config.trustProxy === undefined ? false : createNetworkCheck(config.trustProxy),
    // A busy machine, or a large index, may take longer than Fastify's 10 s to start.
    pluginTimeout: 120_000,
    bodyLimit: 131_072,
    // During shutdown, requests on open connections are still answered.
    return503OnClosing: false,
    // Limits for receiving a request, and for idle connections.
    requestTimeout: 30_000,
    connectionTimeout: 75_000,
    keepAliveTimeout: 72_000,
    http: { requireHostHeader: false, maxHeaderSize: 16_384, headersTimeout: 10_000, connectionsCheckingInterval: 1000 },
    routerOptions: { maxParamLength: 2048 },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  })

  app.register(pipelining)
  app.register(closing)
  app.register(wording, { config })
  app.register(pseudonym, { config })
  app.register(spanRules)
  // First, so that a refusal costs as little as possible.
  app.register(admission)
  app.register(telemetry, { config })
  app.register(securityHeaders)
  app.register(errorHandler)
  app.register(forwarding, { config })
  app.register(protocolChecks)
  app.register(heldBytes)
  app.register(validation)
  app.register(underPressure, { config })
  app.register(background)
  app.register(connectionLimit, { config })
  app.register(telemetryDiagnostics)
  app.register(telemetryHealth, { config, logState })
  app.register(databaseManager, { config })
  app.register(databaseCheck, { config })
  app.register(audit, { config, version })
  app.register(securityEvents)
  app.register(origins, { config })
  app.register(failureDelay)
  app.register(rateLimit, { config })
  app.register(access, { config })
  app.register(logRetention, { config: retention })
  app.register(logErasure, { config, logState })
  app.register(turnRetention, { config })
  app.register(steadyClock, { config })
  app.register(logMetrics, { config: retention, logState })
  app.register(monitoring, { config, loadConfig: loadMonitoring, takeSnapshot: takeMetricsSnapshot, environment })
  app.register(alertMetrics)
  app.register(logLevel, { logger, levels: levels ?? createLevelControl(config.logLevel) })
  app.register(searchEngine, { config })
  app.register(answerPool, { config })
  app.register(answering, { config })
  app.register(knowledge)
  app.register(readiness, { config, logState })
  app.register(openapi, { version })
  app.register(findSession)
  app.register(sessionManager, { config })
  app.register(sessionQueue, { config })
  app.register(commandParser, { version })
  app.register(chat, { config })

  app.register(homeRoutes)
  app.register(healthRoutes)
  app.register(metricsRoutes, { metricsHandler })
  app.register(chatRoutes)
  app.register(sessionRoutes)
  app.register(turnRoutes)
  app.register(searchRoutes)
  app.register(documentRoutes)
  app.register(adminRoutes)
  app.register(alertRoutes)
  app.register(analysisRoutes, { config })
  app.register(runbookRoutes, { environment })
  app.register(openedSessionRoutes)
  if (hasWebhooks(config)) {
    app.register(import('../plugins/webhooks.ts'), { config })
    app.register(import('../plugins/routes/webhooks.ts'))
  }
  if (config.diagnosticRoutes) app.register(diagnosticRoutes)
  return app
}
