import { type Attributes, isSpanContextValid, type Span, SpanKind, trace } from '@opentelemetry/api'
import { preciseNow } from './tracing/clock.ts'
import { ATTRIBUTES, TRACER_NAME } from './tracing/conventions.ts'
import { tellError } from './tracing/exception.ts'
import { describeOn, tellSafely } from './tracing/span-description.ts'

interface SpanOptions<Result> {
  /** `SpanKind.INTERNAL` by default. */
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  /** What the result says about the step. Called only where the span is recorded. */
  readonly outcome?: (result: Result) => Attributes
}

export interface TracedOptions<Args extends readonly unknown[], Result> extends Omit<SpanOptions<Result>, 'attributes'> {
  /** What the arguments say about the step. Called only where the span is recorded. */
  readonly attributes?: (...args: Args) => Attributes
}

/** An operation of the database: its summary (few in number: `SELECT sessions`), and its text without values. */
export interface TracedOperation {
  readonly name: string
  readonly text: string
  readonly kind: 'read' | 'write'
}

type Finish<Result> = (span: Span, result: Awaited<Result>) => void

const tracer = trace.getTracer(TRACER_NAME)

/**
 * Makes of a function one that does the same within a span, a child of whichever is active. An error is told on the span and thrown on. It marks
 * the span as failed where the span rules say that the service is at fault. What the options' functions throw harms neither.
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
 * Runs a database operation within a CLIENT span named by its summary, and hands its duration on. Outside of any span there is none: what the
 * background asks several times a second would bury the traces of requests.
 */
export function traceDatabase<Result>(
  { name, text, kind }: TracedOperation,
  run: () => Result,
  record: (name: string, durationMs: number) => void,
): Result {
  const started = performance.now()
  const done = () => tellSafely(() => record(name, performance.now() - started))
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
  const attributes = {
    [ATTRIBUTES.dbSystemName]: 'sqlite',
    [ATTRIBUTES.dbQuerySummary]: name,
    // A write is a named operation of several statements, which is what the conventions call a stored procedure.
    [kind === 'read' ? ATTRIBUTES.dbQueryText : ATTRIBUTES.dbStoredProcedureName]: text,
  }
  return runInSpan(name, { kind: SpanKind.CLIENT, attributes }, measured, endWith(undefined))
}

/** Ids of the active span as log lines carry them; undefined outside of a span. */
export function activeTraceIds(): { readonly trace_id: string; readonly span_id: string } | undefined {
  const context = trace.getActiveSpan()?.spanContext()
  if (context === undefined || !isSpanContextValid(context)) return undefined
  return { trace_id: context.traceId, span_id: context.spanId }
}

function endWith<Result>(outcome: ((result: Awaited<Result>) => Attributes) | undefined): Finish<Result> {
  return (span, result) => {
    describeOn(span, outcome && (() => outcome(result)))
    span.end(preciseNow())
  }
}

function runWith<Args extends readonly unknown[], Result>(
  span: Span,
  fn: (...args: Args) => Result,
  args: Args,
  attributes: ((...args: Args) => Attributes) | undefined,
): Result {
  describeOn(span, attributes && (() => attributes(...args)))
  return fn(...args)
}

function runInSpan<Result>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes }: SpanOptions<never>,
  fn: (span: Span) => Result,
  finish: Finish<Result>,
): Result {
  return tracer.startActiveSpan(name, { kind, attributes, startTime: preciseNow() }, span => {
    // Nobody holds the promise that these make: what they threw would end the process.
    const succeed = (value: Awaited<Result>) => tellSafely(() => finish(span, value))
    const fail = (error: unknown) => {
      tellError(span, error)
      tellSafely(() => span.end(preciseNow()))
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
