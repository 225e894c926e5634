import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Attributes } from '@opentelemetry/api'
import { getStringFromEnv } from '@opentelemetry/core'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { defaultResource, detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { CollectionResult } from '@opentelemetry/sdk-metrics'
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import { readVersion } from '../../src/base/version.ts'

/** Attributes of the process that `/metrics` shows, in `target_info`, and that Azure gets. */
const PUBLIC_ATTRIBUTES: ReadonlySet<string> = new Set([
  'service.name',
  'service.namespace',
  'service.version',
  'service.instance.id',
  'deployment.environment.name',
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
])

/**
 * Returns the resource of all telemetry. `OTEL_RESOURCE_ATTRIBUTES` overrides and extends it, and
 * `OTEL_NODE_RESOURCE_DETECTORS` names other detectors. The SDK's default ones would add the id of
 * the machine, the command line and the user name.
 */
export function describeProcess(): Partial<Pick<NodeSDKConfiguration, 'resource' | 'resourceDetectors'>> {
  const own = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: 'chatbot',
    [ATTR_SERVICE_VERSION]: readVersion(),
    // Distinguishes processes of one service.
    [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
    'host.name': hostname(),
  })
  const isSet = getStringFromEnv('OTEL_NODE_RESOURCE_DETECTORS') !== undefined
  return { resource: defaultResource().merge(own), ...(!isSet && { resourceDetectors: [envDetector] }) }
}

/** The reader for `/metrics`, which shows only public attributes of the process. */
export class PublicPrometheusExporter extends PrometheusExporter {
  override async collect(...options: Parameters<PrometheusExporter['collect']>): Promise<CollectionResult> {
    const { resourceMetrics, errors } = await super.collect(...options)
    return { errors, resourceMetrics: { ...resourceMetrics, resource: publicPartOf(resourceMetrics.resource) } }
  }
}

/** Returns the public attributes of the process that `own` describes, as the SDK completes it. */
export function publicAttributesOf(own: Resource | undefined): Attributes {
  const detected = detectResources({ detectors: [envDetector] })
  return publicPartOf(own?.merge(detected) ?? detected).attributes
}

function publicPartOf({ attributes }: Resource): Resource {
  return resourceFromAttributes(Object.fromEntries(Object.entries(attributes).filter(([name]) => PUBLIC_ATTRIBUTES.has(name))))
}
