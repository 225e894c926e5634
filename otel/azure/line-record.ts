import { type Attributes, type AttributeValue, type HrTime, type SpanContext, TraceFlags } from '@opentelemetry/api'
import { millisToHrTime } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import { ATTRIBUTES } from '../tracing/conventions.ts'
import { AZURE_USER_ID } from './span-record.ts'

/** Severity numbers of OpenTelemetry. */
const SEVERITIES: Readonly<Record<string, number>> = { DEBUG: 5, INFO: 9, WARNING: 13, ERROR: 17, CRITICAL: 21 }
const WARNING = 13
/** Messages of lines that become events. */
const EVENTS: ReadonlySet<unknown> = new Set(['Chatbot Initialized'])
/** Makes Azure's exporter send an event of this name. */
const EVENT_NAME = 'microsoft.custom_event.name'
/** Keys of a line that Azure has columns for: their attributes, or undefined for other places. */
const COLUMNS: Readonly<Record<string, string | undefined>> = {
  level: undefined,
  level_number: undefined,
  time: undefined,
  service: undefined,
  msg: undefined,
  err: undefined,
  trace_id: undefined,
  span_id: undefined,
  session_id: ATTRIBUTES.sessionId,
  user_id: AZURE_USER_ID,
}

/** An error of a log line. */
interface LoggedError {
  readonly type?: string
  readonly message?: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: LoggedError
  readonly errors?: readonly LoggedError[]
}

type Line = Readonly<Record<string, unknown>> & { readonly err?: LoggedError }

/** The part of a log record that Azure's exporter reads. */
export interface LineRecord {
  readonly hrTime: HrTime
  readonly hrTimeObserved: HrTime
  readonly spanContext?: SpanContext
  readonly severityText: string
  readonly severityNumber: number
  readonly body: string
  readonly attributes: Attributes
  readonly resource: Resource
  readonly instrumentationScope: { readonly name: string }
  readonly droppedAttributesCount: number
}

/**
 * Converts a redacted log line to a log record: an event for `Chatbot Initialized`, an exception
 * for a line at WARNING or above with an error, a message otherwise.
 * @throws {SyntaxError} if the line is not JSON.
 * @throws {RangeError} if it has no valid time, for which Azure's exporter would throw.
 */
export function toLineRecord(text: string, resource: Resource): LineRecord {
  const line = JSON.parse(text) as Line
  const { level, time, msg, trace_id: traceId, span_id: spanId } = line
  const severityNumber = SEVERITIES[String(level)] ?? WARNING
  const at = Date.parse(String(time))
  if (Number.isNaN(at)) throw new RangeError('The line has no valid time')
  const hrTime = millisToHrTime(at)
  return {
    hrTime,
    hrTimeObserved: hrTime,
    ...(typeof traceId === 'string' &&
      typeof spanId === 'string' && { spanContext: { traceId, spanId, traceFlags: TraceFlags.SAMPLED } }),
    severityText: String(level),
    severityNumber,
    body: String(msg),
    attributes: { ...factsOf(line), ...kindOf(line, severityNumber) },
    resource,
    instrumentationScope: { name: String(line.module) },
    droppedAttributesCount: 0,
  }
}

/** Returns the facts of a line, without those that have a place of their own. */
function factsOf(line: Line): Attributes {
  return Object.fromEntries(
    Object.entries(line).flatMap(([key, value]) => {
      const name = Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : key
      return name === undefined || value === undefined ? [] : [[name, toAttribute(value)]]
    }),
  )
}

/** Returns what makes a line more than a message. */
function kindOf({ msg, err }: Line, severityNumber: number): Attributes {
  if (EVENTS.has(msg)) return { [EVENT_NAME]: String(msg) }
  if (err === undefined) return {}
  if (severityNumber < WARNING) return { err: JSON.stringify(err) }
  return {
    // An exception has no text of the line.
    msg: String(msg),
    ...(err.code !== undefined && { err_code: err.code }),
    [ATTRIBUTES.exceptionType]: err.type ?? 'Error',
    [ATTRIBUTES.exceptionMessage]: err.message ?? '',
    [ATTRIBUTES.exceptionStacktrace]: stackOf(err),
  }
}

function stackOf({ type, message, stack, cause, errors = [] }: LoggedError): string {
  return [
    stack ?? `${type}: ${message}`,
    ...errors.map(error => `One of: ${stackOf(error)}`),
    ...(cause === undefined ? [] : [`Caused by: ${stackOf(cause)}`]),
  ].join('\n')
}

function toAttribute(value: unknown): AttributeValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value)
}
