import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { requirePackage } from '../../../../src/watch/composition/optional-packages.ts'

t.test('a missing package is named with the setting that needs it and the command that installs it', async t => {
  t.doesNotThrow(() => requirePackage('SOME_URL', 'fastify', '1.2.3'))
  t.throws(() => requirePackage('SOME_URL', '@pellucid/none', '1.2.3'), {
    code: 'CONFIGURATION_INVALID',
    message:
      'SOME_URL: the package @pellucid/none is not installed. Run "npm install --no-save --save-prod --omit=dev @pellucid/none@1.2.3", or unset SOME_URL.',
  })
})

t.test('a server without the package of an integration ends before it touches the data folder', async t => {
  const folder = t.testdir()
  const settings = {
    PATH: process.env.PATH,
    DATA_DIR: join(folder, 'data'),
    LOG_DIR: join(folder, 'log'),
    APPLICATIONINSIGHTS_CONNECTION_STRING:
      'InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint=https://127.0.0.1:9/',
  }
  // Finds no package of this name, as if it were not installed.
  const hook = `import { registerHooks } from 'node:module'
    registerHooks({ resolve: (name, context, next) =>
      next(name.startsWith('@azure/') ? '@pellucid/none' : name, context) })`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(import.meta.dirname, '../../../../src/server.ts')],
    { encoding: 'utf8', env: settings, cwd: folder },
  )
  t.equal(status, 1)
  t.match(stderr, 'APPLICATIONINSIGHTS_CONNECTION_STRING: the package @azure/monitor-opentelemetry-exporter is not installed')
  t.notOk(existsSync(settings.DATA_DIR), 'the data folder is not made')
})
