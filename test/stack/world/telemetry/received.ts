import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'

export interface Span {
  readonly traceId: string
  readonly spanId: string
  /** Undefined for a root. */
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'UNSPECIFIED'
  readonly hasFailed: boolean
  readonly startNano: bigint
  readonly durationMs: number
  readonly attributes: Attributes
  readonly resource: Attributes
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[]
}

export interface LogRecord {
  readonly timeMs: number
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  readonly severityNumber: number
  readonly severityText: string
  readonly body: unknown
  readonly attributes: Attributes
  readonly resource: Attributes
}

export type Attributes = Readonly<Record<string, unknown>>

/** Items received in place of Jaeger and Loki, in order, with repetitions. */
export interface Received {
  spans(): readonly Span[]
  logs(): readonly LogRecord[]
  /** Everything received, as text. */
  text(): string
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const

/** Reads the receivers' files incrementally. */
export function openReceived(): Received {
  const [spans, logs]: [Span[], LogRecord[]] = [[], []]
  let text = ''
  const traceLines = followLines('/run/stack/volumes/received-jaeger/traces.jsonl')
  const logLines = followLines('/run/stack/volumes/received-loki/logs.jsonl')
  const received: Received = {
    spans() {
      for (const line of traceLines()) {
        text += `${line}\n`
        spans.push(...readSpans(JSON.parse(line)))
      }
      return spans
    },
    logs() {
      for (const line of logLines()) {
        text += `${line}\n`
        logs.push(...readLogs(JSON.parse(line)))
      }
      return logs
    },
    text() {
      received.spans()
      received.logs()
      return text
    },
  }
  return received
}

/** Returns the complete unread lines of a file. */
function followLines(path: string): () => readonly string[] {
  let position = 0
  return () => {
    if (!existsSync(path)) return []
    const bytes = Buffer.alloc(statSync(path).size - position)
    const file = openSync(path, 'r')
    readSync(file, bytes, 0, bytes.length, position)
    closeSync(file)
    const end = bytes.lastIndexOf('\n') + 1
    position += end
    return bytes.toString('utf8', 0, end).split('\n').filter(Boolean)
  }
}

interface Resource {
  readonly resource: { readonly attributes?: readonly KeyValue[] }
}
interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}
type AnyValue = Readonly<Record<string, unknown>>
interface RawSpan extends Record<'traceId' | 'spanId' | 'name' | 'startTimeUnixNano' | 'endTimeUnixNano', string> {
  readonly parentSpanId?: string
  readonly kind?: number
  readonly status?: { readonly code?: number }
  readonly attributes?: readonly KeyValue[]
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly KeyValue[] }[]
}
interface RawLog extends Partial<Record<'traceId' | 'spanId' | 'severityText' | 'timeUnixNano', string>> {
  readonly severityNumber?: number
  readonly body?: AnyValue
  readonly attributes?: readonly KeyValue[]
}

/** Returns the spans of an OTLP/JSON export request. */
export function readSpans({ resourceSpans }: { resourceSpans: (Resource & { scopeSpans: { spans: RawSpan[] }[] })[] }): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(span => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || undefined,
        name: span.name,
        kind: KINDS[span.kind ?? 0] ?? 'UNSPECIFIED',
        hasFailed: span.status?.code === 2,
        startNano: BigInt(span.startTimeUnixNano),
        durationMs: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
        attributes: toAttributes(span.attributes),
        resource: toAttributes(resource.attributes),
        events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: toAttributes(attributes) })),
      })),
    ),
  )
}

function readLogs({ resourceLogs }: { resourceLogs: (Resource & { scopeLogs: { logRecords: RawLog[] }[] })[] }): LogRecord[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(record => ({
        timeMs: Number(BigInt(record.timeUnixNano ?? 0) / 1_000_000n),
        traceId: record.traceId || undefined,
        spanId: record.spanId || undefined,
        severityNumber: record.severityNumber ?? 0,
        severityText: record.severityText ?? '',
        body: toValue(record.body ?? {}),
        attributes: toAttributes(record.attributes),
        resource: toAttributes(resource.attributes),
      })),
    ),
  )
}

function toAttributes(pairs: readonly KeyValue[] = []): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, toValue(value)]))
}

/** Converts an OTLP/JSON value, in which integers are strings. */
function toValue(value: AnyValue): unknown {
  if ('intValue' in value) return Number(value.intValue)
  if ('arrayValue' in value) return ((value.arrayValue as { values?: AnyValue[] }).values ?? []).map(toValue)
  if ('kvlistValue' in value) return toAttributes((value.kvlistValue as { values?: KeyValue[] }).values)
  return Object.values(value)[0] ?? null
}
