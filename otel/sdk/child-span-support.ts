import { getBooleanFromEnv, getStringFromEnv } from '@opentelemetry/core'
import { RandomIdGenerator } from '@opentelemetry/sdk-trace'
import type { ChildSpanSupport } from '../tracing/active-span.ts'
import type { SpanPipeline } from './span-pipeline.ts'

const LIMITS = [
  'OTEL_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  'OTEL_SPAN_EVENT_COUNT_LIMIT',
  'OTEL_SPAN_LINK_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
  'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
]

/**
 * Returns what child spans need, or undefined if a variable asks for what only the SDK's tracer
 * does: other limits, or its metrics about itself. No sampler that `OTEL_TRACES_SAMPLER` accepts
 * drops a child of a span that it has sampled.
 */
export function createChildSpanSupport({ spanProcessors }: SpanPipeline): ChildSpanSupport | undefined {
  const needsSdk = LIMITS.some(name => getStringFromEnv(name) !== undefined)
  if (needsSdk || getBooleanFromEnv('OTEL_NODE_EXPERIMENTAL_SDK_METRICS')) return undefined
  const ids = new RandomIdGenerator()
  return { processors: spanProcessors, generateSpanId: () => ids.generateSpanId() }
}
