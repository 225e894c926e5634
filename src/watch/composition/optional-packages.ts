import { AZURE_PACKAGE, AZURE_PACKAGE_VERSION } from '../../../otel/azure/connection.ts'
import { isInstalled } from '../../../otel/optional-package.ts'
import { SENTRY_PACKAGE, SENTRY_PACKAGE_VERSION } from '../../../otel/sentry/package.ts'
import type { Config } from '../../config.ts'
import { ChatError } from '../../errors.ts'

type Settings = Pick<Config, 'sentryDsn' | 'applicationinsightsConnectionString'>

/**
 * Checks that the packages of the integrations that are switched on are installed. Loads none.
 *
 * @throws {ChatError} CONFIGURATION_INVALID, with the command that installs what is missing.
 */
export function requireOptionalPackages({ sentryDsn, applicationinsightsConnectionString }: Settings): void {
  if (sentryDsn !== undefined) requirePackage('SENTRY_DSN', SENTRY_PACKAGE, SENTRY_PACKAGE_VERSION)
  if (applicationinsightsConnectionString !== undefined)
    requirePackage('APPLICATIONINSIGHTS_CONNECTION_STRING', AZURE_PACKAGE, AZURE_PACKAGE_VERSION)
}

/**
 * Checks that the package that a setting needs is installed.
 *
 * @throws {ChatError} CONFIGURATION_INVALID, with the command that installs this version of it.
 */
export function requirePackage(setting: string, name: string, version: string): void {
  if (isInstalled(name)) return
  const command = `npm install --no-save --save-prod --omit=dev ${name}@${version}`
  throw new ChatError('CONFIGURATION_INVALID', {
    message: `${setting}: the package ${name} is not installed. Run "${command}", or unset ${setting}.`,
  })
}
