import {
  type Attributes,
  context,
  isSpanContextValid,
  type SpanOptions as NewSpan,
  type Span,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import type { Period } from '../src/answering/pool/answer-task.ts'
import { preciseNow } from './tracing/clock.ts'
import { ATTRIBUTES, TRACER_NAME } from './tracing/conventions.ts'
import { recordException } from './tracing/exception.ts'
import { ignoreErrors, setAttributesOn } from './tracing/span-description.ts'

interface SpanOptions<Result> {
  /** Default: `SpanKind.INTERNAL`. */
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  /** Attributes from the result. Called only if the span is recorded. */
  readonly outcome?: (result: Result) => Attributes
}

export interface TracedOptions<Args extends readonly unknown[], Result> extends Omit<SpanOptions<Result>, 'attributes'> {
  /** Attributes from the arguments. Called only if the span is recorded. */
  readonly attributes?: (...args: Args) => Attributes
}

/**
 * A database operation: its summary (few distinct values, such as `SELECT sessions`) and its text
 * without values.
 */
export interface TracedOperation {
  readonly name: string
  readonly text: string
  readonly kind: 'read' | 'write'
}

/** A read of the database by another thread: its summary and its text without values. */
type RecordedRead = Omit<TracedOperation, 'kind'> & Period

const tracer = trace.getTracer(TRACER_NAME)

type Finish<Result> = (span: Span, result: Awaited<Result>) => void

/**
 * Wraps a function to run in a span, as a child of the active one. An error is recorded on the span
 * and rethrown; it marks the span as failed if the span rules call it a fault. Errors in the
 * options' functions are ignored.
 */
export function traced<Args extends readonly unknown[], Result>(
  name: string,
  fn: (...args: Args) => Result,
  { attributes, ...options }: TracedOptions<Args, Awaited<Result>> = {},
): (...args: Args) => Result {
  const finish = endWith(options.outcome)
  return (...args) => runInSpan(name, options, span => runWith(span, fn, args, attributes), finish)
}

/**
 * Runs a database operation in a CLIENT span with its summary as name, and records its duration.
 * Creates no span without a parent, because traces of background operations would outnumber those
 * of requests.
 */
export function traceDatabase<Result>(
  operation: TracedOperation,
  run: () => Result,
  record: (name: string, durationMs: number) => void,
): Result {
  const { name } = operation
  const started = performance.now()
  const done = () => ignoreErrors(() => record(name, performance.now() - started))
  const measured = () => {
    try {
      const result = run()
      if (isPromise(result)) result.then(done, done)
      else done()
      return result
    } catch (error) {
      done()
      throw error
    }
  }
  if (trace.getActiveSpan() === undefined) return measured()
  return runInSpan(name, { kind: SpanKind.CLIENT, attributes: describeOperation(operation) }, measured, endWith(undefined))
}

function describeOperation({ name, text, kind }: TracedOperation): Attributes {
  return {
    [ATTRIBUTES.dbSystemName]: 'sqlite',
    [ATTRIBUTES.dbQuerySummary]: name,
    // A write is a named group of statements, which the conventions call a stored procedure.
    [kind === 'read' ? ATTRIBUTES.dbQueryText : ATTRIBUTES.dbStoredProcedureName]: text,
  }
}

/**
 * Records what another thread has done, as a span in the active trace.
 * @param within Runs in the span, such as log lines about it.
 */
export function recordSpan(
  name: string,
  { start, end }: Period,
  { kind = SpanKind.INTERNAL, attributes }: { readonly kind?: SpanKind; readonly attributes?: () => Attributes },
  within: () => void = () => undefined,
): void {
  runInNewSpan(name, { kind, startTime: start }, span => {
    setAttributesOn(span, attributes)
    try {
      within()
    } finally {
      ignoreErrors(() => span.end(end))
    }
  })
}

/** The same for a read of the database. Creates no span without a parent. */
export function recordRead({ name, text, ...period }: RecordedRead): void {
  if (trace.getActiveSpan() === undefined) return
  recordSpan(name, period, { kind: SpanKind.CLIENT, attributes: () => describeOperation({ name, text, kind: 'read' }) })
}

/**
 * Links the active span to a span of another trace. Whether that one was sampled is not known, so
 * the link does not claim it.
 */
export function linkTrace(ids: { readonly traceId: string; readonly spanId: string }): void {
  ignoreErrors(() => trace.getActiveSpan()?.addLink({ context: { ...ids, traceFlags: TraceFlags.NONE, isRemote: true } }))
}

/** Returns the ids of the active span for log lines; undefined outside a span. */
export function activeTraceIds(): { readonly trace_id: string; readonly span_id: string } | undefined {
  const active = trace.getActiveSpan()?.spanContext()
  if (active === undefined || !isSpanContextValid(active)) return undefined
  return { trace_id: active.traceId, span_id: active.spanId }
}

function endWith<Result>(outcome: ((result: Awaited<Result>) => Attributes) | undefined): Finish<Result> {
  return (span, result) => {
    setAttributesOn(span, outcome && (() => outcome(result)))
    span.end(preciseNow())
  }
}

function runWith<Args extends readonly unknown[], Result>(
  span: Span,
  fn: (...args: Args) => Result,
  args: Args,
  attributes: ((...args: Args) => Attributes) | undefined,
): Result {
  setAttributesOn(span, attributes && (() => attributes(...args)))
  return fn(...args)
}

function runInSpan<Result>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes }: SpanOptions<never>,
  fn: (span: Span) => Result,
  finish: Finish<Result>,
): Result {
  return runInNewSpan(name, { kind, attributes, startTime: preciseNow() }, span => {
    // The promises below have no handlers: an error in these functions would end the process.
    const succeed = (value: Awaited<Result>) => ignoreErrors(() => finish(span, value))
    const fail = (error: unknown) => {
      recordException(span, error)
      ignoreErrors(() => span.end(preciseNow()))
    }
    try {
      const result = fn(span)
      if (isPromise(result)) result.then(succeed, fail)
      else succeed(result as Awaited<Result>)
      return result
    } catch (error) {
      fail(error)
      throw error
    }
  })
}

function isPromise(value: unknown): value is Promise<never> {
  return value instanceof Promise
}

/** Runs a function in a new span, as a child of the active one. */
function runInNewSpan<Result>(name: string, options: NewSpan, fn: (span: Span) => Result): Result {
  const scope = context.active()
  const span = tracer.startSpan(name, options, scope)
  return context.with(trace.setSpan(scope, span), fn, undefined, span)
}
