#!/usr/bin/env node
// The command's door: JavaScript, because Node strips no types below node_modules, and any Node must be able to read why it is too old.
import { existsSync } from 'node:fs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(
    `pellucid needs Node 24.12 or newer; this is ${process.version}. It brings its own as the npm package "node": ` +
      'install it without --ignore-scripts, and call it by npx or an npm script.',
  )
  process.exit(1)
}

const emitted = new URL('../../dist/src/cli/main.js', import.meta.url)
const { main } = await import(existsSync(emitted) ? emitted.href : new URL('./main.ts', import.meta.url).href)
process.exitCode = await main(process.argv)
