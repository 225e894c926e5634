/**
 * Loaded ahead of everything else (`node --import ./otel/register.ts …`): reads `.env`, so that telemetry sees it too, and starts telemetry. In
 * worker threads it does nothing.
 */
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  // Compiled code is kept from one start to the next, beside the packages, where only who may change the code can change it too.
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/pellucid', import.meta.url)))
  if (existsSync('.env')) process.loadEnvFile()
  const { register } = await import('import-in-the-middle/register-hooks.mjs')
  // Only what is instrumented passes through the hook: for anything else it would cost, and bring nothing.
  register({ include: ['http', 'https', 'node:http', 'node:https', 'pg', 'redis', '@redis/client'] })
  const { startTelemetry } = await import('./sdk.ts')
  await startTelemetry()
}
