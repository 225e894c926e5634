import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { metricsHandler, takeMetricsSnapshot } from '../otel/sdk.ts'
import { registerAccess } from '../plugins/access.ts'
import { registerAnswer } from '../plugins/answer.ts'
import { registerChat } from '../plugins/chat.ts'
import { answerClientError, answerFrameworkError } from '../plugins/edge/replies/framework-errors.ts'
import { registerEdge } from '../plugins/edge.ts'
import { registerKnowledge } from '../plugins/knowledge.ts'
import { registerObserve } from '../plugins/observe.ts'
import { registerRoutes } from '../plugins/routes.ts'
import { registerStore } from '../plugins/store.ts'
import { requireKeyOrDecision } from './access/access-mode.ts'
import { findConfigFile } from './base/config-file.ts'
import { createNetworkCheck } from './base/networks.ts'
import { type Config, environment } from './config.ts'
import { createLevelControl, type LevelControl } from './logging/level-control.ts'
import { readRequestId } from './logging/redaction/request-id.ts'
import type { LogState } from './logging/writing/log-transport.ts'
import { loadMonitoringConfig } from './watch/configuration/load-monitoring-config.ts'

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

  registerEdge(app, { config })
  registerObserve(app, {
    config,
    version,
    logger,
    levels: levels ?? createLevelControl(config.logLevel),
    logState,
    loadMonitoring,
    takeSnapshot: takeMetricsSnapshot,
    environment,
  })
  registerStore(app, { config, logState })
  registerAccess(app, { config })
  registerKnowledge(app, { config })
  registerAnswer(app, { config, logState })
  registerChat(app, { config, version })
  registerRoutes(app, { config, version, metricsHandler, environment })
  return app
}
