import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cachedFolder, type Prepare, pythonWith } from '../prepare.ts'

const VERSION = '11.12.0'

/** `@sentry/node`, which is too large for the dependencies of development, and Bugsink. */
export const prepare: Prepare = async log => {
  const folder = cachedFolder(`sentry-node-${VERSION}`, folder => {
    log(`installing @sentry/node ${VERSION}, once (about 95 MB)`)
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '-E', `@sentry/node@${VERSION}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    // The server looks packages up from its own folder. This makes it find the one of the cache.
    writeFileSync(join(folder, 'register.mjs'), REGISTER)
  })
  return {
    SENTRY_HOOK: pathToFileURL(join(folder, 'register.mjs')).href,
    SENTRY_PYTHON: pythonWith(['bugsink==2.6.1'], log),
  }
}

const REGISTER = `import { registerHooks } from 'node:module'

registerHooks({
  resolve: (name, context, next) => next(name, name === '@sentry/node' ? { ...context, parentURL: import.meta.url } : context),
})
`
