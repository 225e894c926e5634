import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { AZURE_PACKAGE, AZURE_PACKAGE_VERSION } from '../../../otel/azure/connection.ts'
import { cachedFolder, type Prepare, pythonWith } from '../prepare.ts'

/**
 * A parser of Bicep, and the exporter as `npm install` brings it without this project's overrides.
 */
export const prepare: Prepare = async log => {
  const exporter = cachedFolder(`azure-exporter-${AZURE_PACKAGE_VERSION}`, folder => {
    log(`installing ${AZURE_PACKAGE} ${AZURE_PACKAGE_VERSION}, once (42 MB)`)
    execFileSync('npm', ['install', '--prefix', folder, '--no-save', `${AZURE_PACKAGE}@${AZURE_PACKAGE_VERSION}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  })
  return { AZURE_PYTHON: pythonWith(['pycep-parser==0.7.1'], log), AZURE_MODULES: join(exporter, 'node_modules') }
}
