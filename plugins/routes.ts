import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../src/config.ts'
import { hasWebhooks } from '../src/webhooks/has-webhooks.ts'
import adminRoutes from './routes/admin.ts'
import alertRoutes from './routes/alerts.ts'
import analysisRoutes from './routes/analysis.ts'
import chatRoutes from './routes/chat.ts'
import diagnosticRoutes from './routes/diagnostics.ts'
import documentRoutes from './routes/documents.ts'
import healthRoutes from './routes/health.ts'
import homeRoutes from './routes/home.ts'
import metricsRoutes from './routes/metrics.ts'
import openapi from './routes/openapi.ts'
import openedSessionRoutes from './routes/opened-sessions.ts'
import runbookRoutes from './routes/runbooks.ts'
import searchRoutes from './routes/search.ts'
import sessionRoutes from './routes/sessions.ts'
import turnRoutes from './routes/turns.ts'

interface RouteOptions {
  readonly config: Config
  readonly version: string
  readonly metricsHandler: () => ((request: IncomingMessage, reply: ServerResponse) => void) | undefined
  readonly environment: NodeJS.ProcessEnv
}

/**
 * The routes, and their documentation.
 *
 * Needs all others.
 */
export function registerRoutes(app: FastifyInstance, { config, version, metricsHandler, environment }: RouteOptions): void {
  app.register(openapi, { version })
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
  if (hasWebhooks(config)) app.register(import('./routes/webhooks.ts'))
  if (config.diagnosticRoutes) app.register(diagnosticRoutes)
}
