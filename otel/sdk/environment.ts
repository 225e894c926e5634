import { diag } from '@opentelemetry/api'
import { getNumberFromEnv, getStringFromEnv, getStringListFromEnv } from '@opentelemetry/core'

const PROTOCOLS = ['grpc', 'http/json', 'http/protobuf'] as const
const DEFAULT_PROTOCOL = 'http/protobuf'
/** Milliseconds or items. A longer timer would fire at once. */
const MAX_NUMBER = 2_147_483_647

export type OtlpProtocol = (typeof PROTOCOLS)[number]
type OtlpSignal = 'traces' | 'metrics'

/**
 * Reads the exporters in `OTEL_(TRACES|METRICS)_EXPORTER`, without duplicates. Default: `otlp`.
 * Returns none if `none` is among them.
 */
export function readExporterNames(signal: OtlpSignal): readonly string[] {
  const names = new Set(getStringListFromEnv(`OTEL_${signal.toUpperCase()}_EXPORTER`) ?? [])
  if (names.has('none')) return []
  return names.size === 0 ? ['otlp'] : [...names]
}

/**
 * Reads `OTEL_EXPORTER_OTLP_(TRACES_|METRICS_)PROTOCOL`. Default: `http/protobuf`, also for unknown
 * values, which cause a warning.
 */
export function readOtlpProtocol(signal: OtlpSignal): OtlpProtocol {
  const { name, value } = readForSignal('PROTOCOL', signal)
  const asked = value?.trim() ?? DEFAULT_PROTOCOL
  const protocol = PROTOCOLS.find(known => known === asked)
  if (protocol === undefined)
    diag.warn(`${name}: "${asked}" is not a protocol. Use ${PROTOCOLS.join(', ')}. Using ${DEFAULT_PROTOCOL}.`)
  return protocol ?? DEFAULT_PROTOCOL
}

/**
 * Returns the OTLP destination of a signal for logs: without user, password and query. Warns about
 * invalid endpoints. HTTP exporters then use the next variable that applies; gRPC exporters cannot
 * be created.
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
    const setting = `${name}: "${withoutCredentials(value)}"`
    const consequence = isGrpc ? 'Telemetry is off.' : `Using ${destination}.`
    if (!isAddress) diag.warn(`${setting} is not a URL. Use a form like http://collector:${isGrpc ? 4317 : 4318}. ${consequence}`)
    else if (!isGrpc && !/^https?:/i.test(value))
      diag.warn(`${setting} does not begin with http:// or https://. Nothing will be exported.`)
  }
  return destination
}

/** Whether an endpoint for OTLP is set. If none is, exporters use the default address. */
export function isOtlpEndpointConfigured(): boolean {
  return ['', 'TRACES_', 'METRICS_'].some(signal => getStringFromEnv(`OTEL_EXPORTER_OTLP_${signal}ENDPOINT`) !== undefined)
}

/** Returns an address without user, password, query and fragment. */
export function withoutCredentials(address: string): string {
  const url = URL.parse(address)
  if (url !== null && url.host !== '') return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
  // Not a URL, such as `host:port`. Cutting too much is safe.
  const [, scheme = '', rest = address] = /^([a-z][a-z\d+.-]*:\/\/)(.*)$/i.exec(address) ?? []
  const [beforeQuery = ''] = rest.split(/[?#]/, 1)
  return scheme + beforeQuery.slice(beforeQuery.lastIndexOf('@') + 1)
}

/**
 * Reads an integer from 1 to the longest timer. Returns undefined if unset, or if invalid, which
 * causes a warning.
 */
export function readPositive(name: string): number | undefined {
  const value = getNumberFromEnv(name)
  if (value === undefined || (value >= 1 && value <= MAX_NUMBER)) return value
  diag.warn(`${name}: ${value} is out of range. Use 1–${MAX_NUMBER}. Using the default.`)
  return undefined
}

function readForSignal(suffix: string, signal: OtlpSignal): { readonly name: string; readonly value: string | undefined } {
  const [own, common] = namesForSignal(suffix, signal)
  const value = getStringFromEnv(own)
  return value === undefined ? { name: common, value: getStringFromEnv(common) } : { name: own, value }
}

/** Returns the variables that apply, the most specific first. */
function namesForSignal(suffix: string, signal: OtlpSignal): readonly [string, string] {
  return [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${suffix}`, `OTEL_EXPORTER_OTLP_${suffix}`]
}

/** Adds the scheme that gRPC exporters assume. */
function withScheme(address: string): string {
  return /^\w{1,8}:\/\//.test(address) ? address : `https://${address}`
}
