import { diag } from '@opentelemetry/api'
import { getNumberFromEnv, getStringFromEnv, getStringListFromEnv } from '@opentelemetry/core'

const PROTOCOLS = ['grpc', 'http/json', 'http/protobuf'] as const
const DEFAULT_PROTOCOL = 'http/protobuf'

export type OtlpProtocol = (typeof PROTOCOLS)[number]
type OtlpSignal = 'traces' | 'metrics'

/** The exporters that `OTEL_(TRACES|METRICS)_EXPORTER` names, each once: `otlp` where it names none, nothing where `none` is among them. */
export function readExporterNames(signal: OtlpSignal): readonly string[] {
  const names = new Set(getStringListFromEnv(`OTEL_${signal.toUpperCase()}_EXPORTER`) ?? [])
  if (names.has('none')) return []
  return names.size === 0 ? ['otlp'] : [...names]
}

/** Which way OTLP goes, by `OTEL_EXPORTER_OTLP_(TRACES_|METRICS_)PROTOCOL`; `http/protobuf` where they ask for nothing, or for what there is not. */
export function readOtlpProtocol(signal: OtlpSignal): OtlpProtocol {
  const asked = readForSignal('PROTOCOL', signal)?.trim() ?? DEFAULT_PROTOCOL
  const protocol = PROTOCOLS.find(name => name === asked)
  if (protocol === undefined) diag.warn(`There is no OTLP protocol "${asked}"; ${DEFAULT_PROTOCOL} is used`)
  return protocol ?? DEFAULT_PROTOCOL
}

/** Where a signal is sent by OTLP, as it may be told: without user, password and query. */
export function readOtlpDestination(signal: OtlpSignal): string {
  const port = readOtlpProtocol(signal) === 'grpc' ? 4317 : 4318
  return withoutCredentials(readForSignal('ENDPOINT', signal) ?? `http://localhost:${port}`)
}

/** An address without user, password, query and fragment. */
export function withoutCredentials(address: string): string {
  const url = URL.parse(address)
  if (url !== null && url.host !== '') return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
  // What is no URL, `host:port` for instance: to cut off too much says too little, but gives nothing away.
  const [, scheme = '', rest = address] = /^([a-z][a-z\d+.-]*:\/\/)(.*)$/i.exec(address) ?? []
  const [beforeQuery = ''] = rest.split(/[?#]/, 1)
  return scheme + beforeQuery.slice(beforeQuery.lastIndexOf('@') + 1)
}

/** A number greater than 0; undefined, with a warning where there is another, if there is none. */
export function readPositive(name: string): number | undefined {
  const value = getNumberFromEnv(name)
  if (value !== undefined && value <= 0) diag.warn(`${name} has to be greater than 0; the default is used`)
  return value !== undefined && value > 0 ? value : undefined
}

function readForSignal(what: string, signal: OtlpSignal): string | undefined {
  return getStringFromEnv(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`) ?? getStringFromEnv(`OTEL_EXPORTER_OTLP_${what}`)
}
