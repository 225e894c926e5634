/**
 * Empty routes with the service's telemetry, watchdog, request ids and logger. `/` has three steps
 * in spans, `/plain` none.
 *
 *   node --import ./otel/register.ts bench/telemetry/programs/edge.ts [--logs FOLDER]
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { metricsHandler } from '../../../otel/sdk.ts'
import { activeTraceIds, traced } from '../../../otel/tracing.ts'
import background from '../../../plugins/edge/background.ts'
import errorHandler from '../../../plugins/edge/error-handler.ts'
import pseudonym from '../../../plugins/edge/pseudonym.ts'
import spanRules from '../../../plugins/edge/span-rules.ts'
import telemetry from '../../../plugins/edge/telemetry.ts'
import telemetryHealth from '../../../plugins/observe/telemetry-health.ts'
import metricsRoutes from '../../../plugins/routes/metrics.ts'
import { createLogger } from '../../../src/logging/logger.ts'

const { values } = parseArgs({ options: { logs: { type: 'string' } } })
const log =
  values.logs === undefined
    ? undefined
    : createLogger({ level: 'INFO', dir: values.logs, terminal: 'none', context: activeTraceIds })

const app = Fastify({
  loggerInstance: log?.logger as FastifyBaseLogger | undefined,
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
  genReqId: () => randomUUID(),
})
const dataDir = mkdtempSync(join(tmpdir(), 'pellucid-edge-'))
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
app.register(pseudonym, { config: { dataDir, pseudonymKey: 'a key for measurements' } })
app.register(spanRules)
app.register(telemetry, { config: { logMessageContent: 'redacted' } })
app.register(errorHandler)
app.register(background)
app.register(telemetryHealth, { config: { logDir: values.logs ?? '' }, logState: log && (() => log.state) })
app.register(metricsRoutes, { metricsHandler })
const steps = ['session', 'retrieval', 'store'].map(name => traced(name, async () => undefined))
app.register(async routes => {
  routes.get('/', async () => {
    for (const step of steps) await step()
    return { ok: true }
  })
  routes.get('/plain', async () => ({ ok: true }))
})
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
// A killed process writes no profile.
process.once('SIGTERM', () => process.exit())
