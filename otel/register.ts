/**
 * Loaded before all other modules (`node --import ./otel/register.ts …`): reads `.env` and starts
 * telemetry. Does nothing in worker threads.
 */
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  // Caches compiled code in node_modules, which only those who can change the code can write.
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/pellucid', import.meta.url)))
  if (existsSync('.env')) process.loadEnvFile()
  const { register } = await import('import-in-the-middle/register-hooks.mjs')
  // The hook costs time for each module, so it covers only instrumented ones.
  register({ include: ['http', 'https', 'node:http', 'node:https', 'pg', 'redis', '@redis/client'] })
  const { startTelemetry } = await import('./sdk.ts')
  await startTelemetry()
}
