import { until } from '../../worlds/until.ts'
import type { BaseData, Envelope } from './envelope.ts'
import type { Ingestion } from './ingestion.ts'

/** Envelopes by what they are made from. */
export interface Arrived {
  readonly requests: readonly Envelope[]
  readonly dependencies: readonly Envelope[]
  /** Messages, exceptions and events: one for each log line. */
  readonly lines: readonly Envelope[]
  readonly metrics: readonly Envelope[]
}

/** Sorts the envelopes that have arrived, of one operation or of all. */
export function arrivedAt({ envelopes }: Pick<Ingestion, 'envelopes'>, operation?: string): Arrived {
  const own = envelopes.filter(({ tags }) => operation === undefined || tags['ai.operation.id'] === operation)
  const of = (...types: readonly string[]) => own.filter(({ data }) => types.includes(data.baseType))
  return {
    requests: of('RequestData'),
    dependencies: of('RemoteDependencyData'),
    lines: of('MessageData', 'ExceptionData', 'EventData'),
    metrics: of('MetricData').filter(({ data }) => data.baseData.metrics?.[0]?.name !== '_OTELRESOURCE_'),
  }
}

/** Returns the data of envelopes of one kind. */
export function dataOf({ envelopes }: Pick<Ingestion, 'envelopes'>, baseType: string): readonly BaseData[] {
  return envelopes.filter(({ data }) => data.baseType === baseType).map(({ data }) => data.baseData)
}

/** Adds up a metric over all exports, in all series or in those with a property. */
export function sumOf(
  ingestion: Pick<Ingestion, 'envelopes'>,
  name: string,
  properties: Readonly<Record<string, string>> = {},
): number {
  return dataOf(ingestion, 'MetricData')
    .filter(data => Object.entries(properties).every(([key, value]) => data.properties?.[key] === value))
    .flatMap(({ metrics = [] }) => metrics)
    .reduce((sum, metric) => sum + (metric.name === name ? metric.value : 0), 0)
}

/** Reads a counter of a server from `/metrics`. */
export async function readCounter(address: string, name: string, signal: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text()
  return Number(new RegExp(`^${name}\\{signal="${signal}"\\} (\\S+)`, 'm').exec(text)?.[1])
}

/** Waits until a counter of a server has grown past a value. */
export async function untilCounted(address: string, name: string, signal: string, above: number): Promise<void> {
  await until(async () => (await readCounter(address, name, signal)) > above)
}
