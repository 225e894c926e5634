#!/usr/bin/env node
// Entry point. Plain JavaScript: Node does not strip types below node_modules, and an old Node must
// be able to print this error.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(
    `pellucid needs Node 24.12 or newer; this is ${process.version}. It installs its own Node as the npm package "node": ` +
      'install it without --ignore-scripts, and run it with npx or an npm script.',
  )
  process.exit(1)
}

// Caches compiled code in node_modules, which only those who can change the code can write. Worker
// threads read the variable.
const cache = fileURLToPath(new URL('../../node_modules/.cache/pellucid', import.meta.url))
const { status } = module.enableCompileCache(cache)
if (status === module.constants.compileCacheStatus.ENABLED) process.env.NODE_COMPILE_CACHE = cache

const emitted = new URL('../../dist/src/cli/main.js', import.meta.url)
const { main } = await import(existsSync(emitted) ? emitted.href : new URL('./main.ts', import.meta.url).href)
process.exitCode = await main(process.argv)
