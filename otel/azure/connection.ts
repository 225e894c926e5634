import { getStringFromEnv } from '@opentelemetry/core'
import { isInstalled } from '../optional-package.ts'
import { withoutCredentials } from '../sdk/environment.ts'

/** The optional package that sends telemetry to Azure Monitor. */
export const AZURE_PACKAGE = '@azure/monitor-opentelemetry-exporter'
/** The version that the tests prove. */
export const AZURE_PACKAGE_VERSION = '1.0.0-beta.47'

const DEFAULT_ENDPOINT = 'https://dc.services.visualstudio.com'

/** Where telemetry goes in Azure. */
export interface AzureConnection {
  /** Contains the instrumentation key, which is not for logs. */
  readonly connectionString: string
  /** Address of the ingestion endpoint, for logs. */
  readonly destination: string
}

/**
 * Reads `APPLICATIONINSIGHTS_CONNECTION_STRING`. Returns undefined if it is unset or has no
 * instrumentation key, which the settings refuse, or if the package is not installed, which the
 * server refuses.
 */
export function readAzureConnection(): AzureConnection | undefined {
  const connectionString = getStringFromEnv('APPLICATIONINSIGHTS_CONNECTION_STRING')
  if (connectionString === undefined || !isInstalled(AZURE_PACKAGE)) return undefined
  const fields = new Map(
    connectionString.split(';').map(field => {
      const [name = '', value = ''] = field.split('=', 2)
      return [name.trim().toLowerCase(), value.trim()] as const
    }),
  )
  if (!fields.has('instrumentationkey')) return undefined
  return { connectionString, destination: withoutCredentials(endpointOf(fields)) }
}

function endpointOf(fields: ReadonlyMap<string, string>): string {
  const suffix = fields.get('endpointsuffix')
  const location = fields.get('location')
  const regional = suffix === undefined ? undefined : `https://${location === undefined ? '' : `${location}.`}dc.${suffix}`
  return fields.get('ingestionendpoint') ?? regional ?? DEFAULT_ENDPOINT
}
