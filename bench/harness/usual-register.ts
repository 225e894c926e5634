/**
 * All instrumentations with defaults, configured by environment, as OpenTelemetry's documentation
 * describes.
 */
import { register } from 'import-in-the-middle/register-hooks.mjs'

register({ include: ['pino', 'http', 'node:http', 'fastify'] })
await import('@opentelemetry/auto-instrumentations-node/register')
