/**
 * Loaded before all other modules (`node --import ./otel/register.ts …`): reads `.env` and starts
 * telemetry. Does nothing in worker threads.
 */
import { existsSync } from 'node:fs'
import { constants, enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  // Caches compiled code in node_modules, which only those who can change the code can write.
  const cache = fileURLToPath(new URL('../node_modules/.cache/pellucid', import.meta.url))
  const { ENABLED } = constants.compileCacheStatus
  // For the worker threads: without a cache, each loads Node's remover of types, which takes 17 MB.
  if (enableCompileCache(cache).status === ENABLED) process.env.NODE_COMPILE_CACHE = cache
  if (existsSync('.env')) process.loadEnvFile()
  await import('import-in-the-middle/register-hooks.mjs')
  const { startTelemetry } = await import('./sdk.ts')
  await startTelemetry()
}
