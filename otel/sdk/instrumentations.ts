import { context } from '@opentelemetry/api'
import { getStringFromEnv, getStringListFromEnv, isTracingSuppressed } from '@opentelemetry/core'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { register } from 'import-in-the-middle/register-hooks.mjs'

/** Clients of databases that are instrumented if they are installed. */
const DATABASE_CLIENTS = ['pg', 'redis']
const HTTP = {
  // Fastify hooks create the request span, at a third of the cost. The instrumentation covers
  // outgoing requests.
  disableIncomingRequestInstrumentation: true,
  ignoreOutgoingRequestHook: isOwnRequest,
}
const UNDICI = { ignoreRequestHook: isOwnRequest }

/**
 * Creates the instrumentations of outgoing requests, before the modules that they change are
 * loaded: `http`, `undici`, and those of database clients that are installed.
 * `OTEL_NODE_(ENABLED|DISABLED)_INSTRUMENTATIONS` select among all that OpenTelemetry has. All 41
 * are loaded only then: they take 10 MB, and a tenth of the time of a start.
 */
export async function createInstrumentations(): Promise<Instrumentation[]> {
  const clients = DATABASE_CLIENTS.filter(isInstalled)
  const enabled = getStringListFromEnv('OTEL_NODE_ENABLED_INSTRUMENTATIONS') ?? clients
  // The hook costs time for each module, so it covers only instrumented ones.
  register({ include: ['http', 'https', 'node:http', 'node:https', ...enabled, '@redis/client'] })
  // The instrumentation changes modules for `require` first. Those for `import` have to exist by
  // then, or their named exports remain unchanged.
  await Promise.all([import('node:http'), import('node:https')])
  const isSelected = ['ENABLED', 'DISABLED'].some(kind => getStringFromEnv(`OTEL_NODE_${kind}_INSTRUMENTATIONS`) !== undefined)
  if (!isSelected && clients.length === 0) return [new HttpInstrumentation(HTTP), new UndiciInstrumentation(UNDICI)]
  const { getNodeAutoInstrumentations } = await import('@opentelemetry/auto-instrumentations-node')
  return getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': HTTP,
    '@opentelemetry/instrumentation-undici': UNDICI,
    // The logger reads the active span itself, and lines are exported through files.
    '@opentelemetry/instrumentation-pino': { enabled: false },
    '@opentelemetry/instrumentation-runtime-node': { enabled: false },
    '@opentelemetry/instrumentation-dns': { enabled: false },
    '@opentelemetry/instrumentation-net': { enabled: false },
  })
}

function isInstalled(name: string): boolean {
  try {
    return import.meta.resolve(name) !== ''
  } catch {
    // No package of this name can be found.
    return false
  }
}

/**
 * Whether the request exports telemetry. The SDK makes no span for it, but would measure its
 * duration.
 */
function isOwnRequest(): boolean {
  return isTracingSuppressed(context.active())
}
