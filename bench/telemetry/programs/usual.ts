/**
 * Fastify with the usual instrumentation: auto-instrumented HTTP spans and metrics, three manual
 * spans in the handler, and one pino line per request, which its instrumentation also exports.
 *
 *   node --import ./bench/harness/usual-register.ts bench/telemetry/programs/usual.ts FILE
 */
import { trace } from '@opentelemetry/api'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { pino } from 'pino'

const logger = pino(pino.destination({ dest: process.argv[2] ?? '/dev/null', sync: false, mkdir: true }))
const tracer = trace.getTracer('usual')
const app = Fastify({
  loggerInstance: logger as FastifyBaseLogger,
  logController: new LogController({ disableRequestLogging: true }),
})
app.addHook('onResponse', async (request, reply) => {
  request.log.info({ method: request.method, route: request.routeOptions.url, status: reply.statusCode }, 'Request served')
})
app.get('/', async () => {
  for (const name of ['session', 'retrieval', 'store']) {
    await tracer.startActiveSpan(name, async span => {
      span.end()
    })
  }
  return { ok: true }
})
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
