import { diag } from '@opentelemetry/api'
import { getNumberFromEnv, getStringFromEnv, getStringListFromEnv } from '@opentelemetry/core'

const PROTOCOLS = ['grpc', 'http/json', 'http/protobuf'] as const
const DEFAULT_PROTOCOL = 'http/protobuf'
/** Milliseconds or items; a timer that is to wait for longer fires at once. */
const MAX_NUMBER = 2_147_483_647

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
  const { name, value } = readForSignal('PROTOCOL', signal)
  const asked = value?.trim() ?? DEFAULT_PROTOCOL
  const protocol = PROTOCOLS.find(known => known === asked)
  if (protocol === undefined)
    diag.warn(`${name}: there is no protocol "${asked}", but ${PROTOCOLS.join(', ')}; ${DEFAULT_PROTOCOL} is used`)
  return protocol ?? DEFAULT_PROTOCOL
}

/**
 * Where a signal is sent by OTLP, as it may be told: without user, password and query. Warns where the variables name what is no address: over
 * HTTP the exporters go on then with the next that applies, over gRPC they cannot be made.
 */
export function readOtlpDestination(signal: OtlpSignal): string {
  const isGrpc = readOtlpProtocol(signal) === 'grpc'
  const asked = namesForSignal('ENDPOINT', signal).flatMap(name => {
    const value = getStringFromEnv(name)?.trim()
    return value === undefined ? [] : { name, value, isAddress: URL.canParse(isGrpc ? withScheme(value) : value) }
  })
  const used = isGrpc ? asked[0] : asked.find(({ isAddress }) => isAddress)
  const destination = withoutCredentials(used?.value ?? `http://localhost:${isGrpc ? 4317 : 4318}`)
  for (const { name, value, isAddress } of asked) {
    const told = `${name}: "${withoutCredentials(value)}"`
    const instead = isGrpc ? 'without one there is no telemetry' : `${destination} is used`
    if (!isAddress) diag.warn(`${told} is no address such as http://collector:${isGrpc ? 4317 : 4318}; ${instead}`)
    else if (!isGrpc && !/^https?:/i.test(value)) diag.warn(`${told} does not begin with http:// or https://; nothing gets there`)
  }
  return destination
}

/** Whether an endpoint for OTLP is set. If none is, exporters use the default address. */
export function isOtlpEndpointConfigured(): boolean {
  return ['', 'TRACES_', 'METRICS_'].some(signal => getStringFromEnv(`OTEL_EXPORTER_OTLP_${signal}ENDPOINT`) !== undefined)
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

/** A number from 1 to what a timer can wait; undefined, with a warning where there is another, if there is none. */
export function readPositive(name: string): number | undefined {
  const value = getNumberFromEnv(name)
  if (value === undefined || (value >= 1 && value <= MAX_NUMBER)) return value
  diag.warn(`${name}: ${value} is no number from 1 to ${MAX_NUMBER}; the default is used`)
  return undefined
}

function readForSignal(what: string, signal: OtlpSignal): { readonly name: string; readonly value: string | undefined } {
  const [own, common] = namesForSignal(what, signal)
  const value = getStringFromEnv(own)
  return value === undefined ? { name: common, value: getStringFromEnv(common) } : { name: own, value }
}

/** The variables that apply, the first one first. */
function namesForSignal(what: string, signal: OtlpSignal): readonly [string, string] {
  return [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`, `OTEL_EXPORTER_OTLP_${what}`]
}

/** As the exporters over gRPC take it. */
function withScheme(address: string): string {
  return /^\w{1,8}:\/\//.test(address) ? address : `https://${address}`
}
