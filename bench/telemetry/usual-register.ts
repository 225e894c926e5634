/** What OpenTelemetry's documentation has one load: all instrumentations as they come, configured by the environment alone. */
import { register } from 'import-in-the-middle/register-hooks.mjs'

register({ include: ['pino', 'http', 'node:http', 'fastify'] })
await import('@opentelemetry/auto-instrumentations-node/register')
